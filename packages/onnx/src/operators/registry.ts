import { add } from './add.ts';
import { averagePool } from './average-pool.ts';
import { batchNormalization } from './batch-normalization.ts';
import { constant } from './constant.ts';
import { conv } from './conv.ts';
import { div } from './div.ts';
import { flatten } from './flatten.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { identity } from './identity.ts';
import { matMul } from './matmul.ts';
import { maxPool } from './max-pool.ts';
import { mul } from './mul.ts';
import type { Operator } from './operator.ts';
import { pow } from './pow.ts';
import { reduceMean } from './reduce-mean.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { sigmoid } from './sigmoid.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { sqrt } from './sqrt.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';

/** Every operator that is read, checked, priced and trained, by its ONNX name. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    add, averagePool, batchNormalization, constant, conv, div, flatten, gemm, globalAveragePool, identity, matMul, maxPool, mul, pow, reduceMean, relu, reshape, sigmoid, softmax, softplus,
    sqrt, sub, tanh,
  ].map((operator) => [operator.op, operator]),
); // prettier-ignore
