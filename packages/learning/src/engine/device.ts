/** What can compute a graph: the processor, any GPU through WebGPU (Vulkan, Metal, Direct3D), an NVIDIA GPU through CUDA. */
export const devices = ['cpu', 'webgpu', 'cuda'] as const;

export type Device = (typeof devices)[number];
