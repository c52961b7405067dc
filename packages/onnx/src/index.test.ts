import { expect, it } from 'vitest';
import * as onnx from './index.ts';

it('exports these names and no others', () => {
  expect(Object.keys(onnx).sort()).toEqual([
    'addLora',
    'caseToStep',
    'checkModel',
    'compileInference',
    'compileStep',
    'dataTypeOfCode',
    'dataTypes',
    'defaultLimits',
    'floatScalar',
    'floatTensor',
    'floatValues',
    'inferShapes',
    'intTensor',
    'isolate',
    'measure',
    'mergeLora',
    'newMlp',
    'onnxError',
    'readModel',
    'supportedOpsets',
    'tensorValues',
    'trainableBy',
    'withParameters',
    'writeModel',
  ]);
});
