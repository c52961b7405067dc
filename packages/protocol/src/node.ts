export { createFolderBlobStore } from './blobs/folder-blob-store.ts';
