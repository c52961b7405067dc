import { abs } from './abs.ts';
import { add } from './add.ts';
import { averagePool } from './average-pool.ts';
import { batchNormalization } from './batch-normalization.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { and, equal, greater, greaterOrEqual, less, lessOrEqual, or, xor } from './comparison.ts';
import { concat } from './concat.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { constant } from './constant.ts';
import { conv } from './conv.ts';
import { cos } from './cos.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { gather } from './gather.ts';
import { gelu } from './gelu.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { globalMaxPool } from './global-max-pool.ts';
import { groupNormalization } from './group-normalization.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { identity } from './identity.ts';
import { instanceNormalization } from './instance-normalization.ts';
import { layerNormalization } from './layer-normalization.ts';
import { leakyRelu } from './leaky-relu.ts';
import { logSoftmax } from './log-softmax.ts';
import { log } from './log.ts';
import { matMul } from './matmul.ts';
import { maxPool } from './max-pool.ts';
import { max } from './max.ts';
import { min } from './min.ts';
import { mod } from './mod.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { not } from './not.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { range } from './range.ts';
import { reciprocal } from './reciprocal.ts';
import { reduceL2 } from './reduce-l2.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceMin } from './reduce-min.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { selu } from './selu.ts';
import { shape } from './shape.ts';
import { sigmoid } from './sigmoid.ts';
import { sin } from './sin.ts';
import { size } from './size.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { trilu } from './trilu.ts';
import { unsqueeze } from './unsqueeze.ts';
import { where } from './where.ts';
import type { Operator } from './operator.ts';

/** Every operator that is read, checked, priced and trained, by its ONNX name. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    abs,
    add,
    and,
    averagePool,
    batchNormalization,
    cast,
    clip,
    concat,
    constant,
    constantOfShape,
    conv,
    cos,
    div,
    dropout,
    elu,
    equal,
    erf,
    exp,
    expand,
    flatten,
    gather,
    gelu,
    gemm,
    globalAveragePool,
    globalMaxPool,
    greater,
    greaterOrEqual,
    groupNormalization,
    hardSigmoid,
    hardSwish,
    identity,
    instanceNormalization,
    layerNormalization,
    leakyRelu,
    less,
    lessOrEqual,
    log,
    logSoftmax,
    matMul,
    max,
    maxPool,
    min,
    mod,
    mul,
    neg,
    not,
    or,
    pad,
    pow,
    range,
    reciprocal,
    reduceL2,
    reduceMax,
    reduceMean,
    reduceMin,
    reduceSum,
    relu,
    reshape,
    selu,
    shape,
    sigmoid,
    sin,
    size,
    slice,
    softmax,
    softplus,
    split,
    sqrt,
    squeeze,
    sub,
    tanh,
    transpose,
    trilu,
    unsqueeze,
    where,
    xor,
  ].map((operator) => [operator.op, operator]),
);
