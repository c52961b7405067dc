export { blobStoreCompliance, type ComplianceCase, type ComplianceSubject } from './blobs/blob-store-compliance.ts';
