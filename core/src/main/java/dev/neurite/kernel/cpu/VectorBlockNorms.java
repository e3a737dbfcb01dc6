package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.ScalarKernels.LANES;
import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.cpu.tile.Tiles.NEGATIVE_ZERO;
import static dev.neurite.tensor.Layout.BLOCK;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.neurite.kernel.Activation.Relu;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// [ScalarBlockNorms] through the Vector API, in the same order, with the same bits: a vector is a block of channels,
/// or a part of it.
///
/// Eight of the sixteen lanes are in registers at a time, which 16 registers have room for; the other eight have a
/// loop of their own over the other pixels. Pixels at the end of a plane that make no whole sixteen are added to the
/// lanes in memory.
final class VectorBlockNorms extends ScalarBlockNorms {
    private static final int HALF = LANES / 2 * BLOCK; // the floats of eight lanes, or of eight pixels
    private static final int FOUR = LANES / 4 * BLOCK; // the same of four
    private static final int SOME = 256; // pixels that stay in the L1 cache while each four lanes have their turn
    private static final boolean FITS = L <= BLOCK; // whether a block is a whole number of vectors

    VectorBlockNorms(ScalarKernels engine) {
        super(engine);
    }

    @Override
    void addTo(float[] sums, float[] x, int xo, int stride, int planes, int pixels) {
        if (!FITS) {
            super.addTo(sums, x, xo, stride, planes, pixels);
            return;
        }
        int whole = pixels - pixels % LANES;
        int together = whole == pixels ? planes : 1;
        for (int plane = 0; plane < planes; plane += together) {
            int at = xo + plane * stride;
            for (int l = 0; l < BLOCK; l += L) {
                eightSums(sums, l, x, at + l, stride, together, whole);
                eightSums(sums, l + HALF, x, at + l + HALF, stride, together, whole);
            }
            at += whole * BLOCK;
            for (int i = 0; i < (pixels - whole) * BLOCK; i += L) {
                fromArray(S, x, at + i).add(fromArray(S, sums, i)).intoArray(sums, i);
            }
        }
    }

    /// Adds x to eight lanes.
    private static void eightSums(float[] sums, int to, float[] x, int xo, int stride, int planes, int pixels) {
        FloatVector s0 = fromArray(S, sums, to);
        FloatVector s1 = fromArray(S, sums, to + BLOCK);
        FloatVector s2 = fromArray(S, sums, to + 2 * BLOCK);
        FloatVector s3 = fromArray(S, sums, to + 3 * BLOCK);
        FloatVector s4 = fromArray(S, sums, to + 4 * BLOCK);
        FloatVector s5 = fromArray(S, sums, to + 5 * BLOCK);
        FloatVector s6 = fromArray(S, sums, to + 6 * BLOCK);
        FloatVector s7 = fromArray(S, sums, to + 7 * BLOCK);
        for (int plane = 0; plane < planes; plane++) {
            int at = xo + plane * stride;
            int end = at + pixels * BLOCK;
            for (; at < end; at += LANES * BLOCK) {
                s0 = fromArray(S, x, at).add(s0);
                s1 = fromArray(S, x, at + BLOCK).add(s1);
                s2 = fromArray(S, x, at + 2 * BLOCK).add(s2);
                s3 = fromArray(S, x, at + 3 * BLOCK).add(s3);
                s4 = fromArray(S, x, at + 4 * BLOCK).add(s4);
                s5 = fromArray(S, x, at + 5 * BLOCK).add(s5);
                s6 = fromArray(S, x, at + 6 * BLOCK).add(s6);
                s7 = fromArray(S, x, at + 7 * BLOCK).add(s7);
            }
        }
        NEGATIVE_ZERO.add(s0).intoArray(sums, to);
        NEGATIVE_ZERO.add(s1).intoArray(sums, to + BLOCK);
        NEGATIVE_ZERO.add(s2).intoArray(sums, to + 2 * BLOCK);
        NEGATIVE_ZERO.add(s3).intoArray(sums, to + 3 * BLOCK);
        NEGATIVE_ZERO.add(s4).intoArray(sums, to + 4 * BLOCK);
        NEGATIVE_ZERO.add(s5).intoArray(sums, to + 5 * BLOCK);
        NEGATIVE_ZERO.add(s6).intoArray(sums, to + 6 * BLOCK);
        NEGATIVE_ZERO.add(s7).intoArray(sums, to + 7 * BLOCK);
    }

    @Override
    void addSquaresTo(float[] sums, Norm p, int channel, int at, int planes, int pixels) {
        if (!FITS) {
            super.addSquaresTo(sums, p, channel, at, planes, pixels);
            return;
        }
        float[] x = p.x.array();
        float[] means = p.mean.array();
        int mo = p.mean.offset() + channel;
        int whole = pixels - pixels % LANES;
        int together = whole == pixels ? planes : 1;
        for (int plane = 0; plane < planes; plane += together) {
            int xo = p.x.offset() + at + plane * p.stride();
            for (int l = 0; l < BLOCK; l += L) {
                eightSquares(sums, l, x, xo + l, means, mo + l, p.stride(), together, whole);
                eightSquares(sums, l + HALF, x, xo + l + HALF, means, mo + l, p.stride(), together, whole);
            }
            xo += whole * BLOCK;
            for (int i = 0; i < (pixels - whole) * BLOCK; i += L) {
                FloatVector d = fromArray(S, x, xo + i).sub(fromArray(S, means, mo + i % BLOCK));
                d.fma(d, fromArray(S, sums, i)).intoArray(sums, i);
            }
        }
    }

    /// Adds (x − mean)² to eight lanes.
    private static void eightSquares(
            float[] sums, int to, float[] x, int xo, float[] means, int mo, int stride, int planes, int pixels) {
        FloatVector s0 = fromArray(S, sums, to);
        FloatVector s1 = fromArray(S, sums, to + BLOCK);
        FloatVector s2 = fromArray(S, sums, to + 2 * BLOCK);
        FloatVector s3 = fromArray(S, sums, to + 3 * BLOCK);
        FloatVector s4 = fromArray(S, sums, to + 4 * BLOCK);
        FloatVector s5 = fromArray(S, sums, to + 5 * BLOCK);
        FloatVector s6 = fromArray(S, sums, to + 6 * BLOCK);
        FloatVector s7 = fromArray(S, sums, to + 7 * BLOCK);
        FloatVector mean = fromArray(S, means, mo);
        for (int plane = 0; plane < planes; plane++) {
            int at = xo + plane * stride;
            int end = at + pixels * BLOCK;
            for (; at < end; at += LANES * BLOCK) {
                FloatVector d0 = fromArray(S, x, at).sub(mean);
                s0 = d0.fma(d0, s0);
                FloatVector d1 = fromArray(S, x, at + BLOCK).sub(mean);
                s1 = d1.fma(d1, s1);
                FloatVector d2 = fromArray(S, x, at + 2 * BLOCK).sub(mean);
                s2 = d2.fma(d2, s2);
                FloatVector d3 = fromArray(S, x, at + 3 * BLOCK).sub(mean);
                s3 = d3.fma(d3, s3);
                FloatVector d4 = fromArray(S, x, at + 4 * BLOCK).sub(mean);
                s4 = d4.fma(d4, s4);
                FloatVector d5 = fromArray(S, x, at + 5 * BLOCK).sub(mean);
                s5 = d5.fma(d5, s5);
                FloatVector d6 = fromArray(S, x, at + 6 * BLOCK).sub(mean);
                s6 = d6.fma(d6, s6);
                FloatVector d7 = fromArray(S, x, at + 7 * BLOCK).sub(mean);
                s7 = d7.fma(d7, s7);
            }
        }
        NEGATIVE_ZERO.add(s0).intoArray(sums, to);
        NEGATIVE_ZERO.add(s1).intoArray(sums, to + BLOCK);
        NEGATIVE_ZERO.add(s2).intoArray(sums, to + 2 * BLOCK);
        NEGATIVE_ZERO.add(s3).intoArray(sums, to + 3 * BLOCK);
        NEGATIVE_ZERO.add(s4).intoArray(sums, to + 4 * BLOCK);
        NEGATIVE_ZERO.add(s5).intoArray(sums, to + 5 * BLOCK);
        NEGATIVE_ZERO.add(s6).intoArray(sums, to + 6 * BLOCK);
        NEGATIVE_ZERO.add(s7).intoArray(sums, to + 7 * BLOCK);
    }

    @Override
    void addProductsTo(float[] sums, Norm p, int channel, int at, int planes, int pixels) {
        if (!FITS) {
            super.addProductsTo(sums, p, channel, at, planes, pixels);
            return;
        }
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        float[] means = p.mean.array();
        int mo = p.mean.offset() + channel;
        int whole = pixels - pixels % LANES;
        int together = whole == pixels ? planes : 1;
        for (int plane = 0; plane < planes; plane += together) {
            int xo = p.x.offset() + at + plane * p.stride();
            int dyo = p.dy.offset() + at + plane * p.stride();
            for (int l = 0; l < BLOCK; l += L) {
                eightProducts(sums, SUMS + l, dy, dyo + l, x, xo + l, means, mo + l, p.stride(), together, whole);
                int to = l + HALF;
                eightProducts(sums, SUMS + to, dy, dyo + to, x, xo + to, means, mo + l, p.stride(), together, whole);
            }
            xo += whole * BLOCK;
            dyo += whole * BLOCK;
            for (int i = 0; i < (pixels - whole) * BLOCK; i += L) {
                FloatVector d = fromArray(S, x, xo + i).sub(fromArray(S, means, mo + i % BLOCK));
                fromArray(S, dy, dyo + i).fma(d, fromArray(S, sums, SUMS + i)).intoArray(sums, SUMS + i);
            }
        }
    }

    /// Adds dy·(x − mean) to eight lanes.
    private static void eightProducts(
            float[] sums,
            int to,
            float[] dy,
            int dyo,
            float[] x,
            int xo,
            float[] means,
            int mo,
            int stride,
            int planes,
            int pixels) {
        FloatVector s0 = fromArray(S, sums, to);
        FloatVector s1 = fromArray(S, sums, to + BLOCK);
        FloatVector s2 = fromArray(S, sums, to + 2 * BLOCK);
        FloatVector s3 = fromArray(S, sums, to + 3 * BLOCK);
        FloatVector s4 = fromArray(S, sums, to + 4 * BLOCK);
        FloatVector s5 = fromArray(S, sums, to + 5 * BLOCK);
        FloatVector s6 = fromArray(S, sums, to + 6 * BLOCK);
        FloatVector s7 = fromArray(S, sums, to + 7 * BLOCK);
        FloatVector mean = fromArray(S, means, mo);
        for (int plane = 0; plane < planes; plane++) {
            int at = xo + plane * stride;
            int with = dyo + plane * stride;
            int end = at + pixels * BLOCK;
            for (; at < end; at += LANES * BLOCK, with += LANES * BLOCK) {
                s0 = fromArray(S, dy, with).fma(fromArray(S, x, at).sub(mean), s0);
                s1 = fromArray(S, dy, with + BLOCK)
                        .fma(fromArray(S, x, at + BLOCK).sub(mean), s1);
                s2 = fromArray(S, dy, with + 2 * BLOCK)
                        .fma(fromArray(S, x, at + 2 * BLOCK).sub(mean), s2);
                s3 = fromArray(S, dy, with + 3 * BLOCK)
                        .fma(fromArray(S, x, at + 3 * BLOCK).sub(mean), s3);
                s4 = fromArray(S, dy, with + 4 * BLOCK)
                        .fma(fromArray(S, x, at + 4 * BLOCK).sub(mean), s4);
                s5 = fromArray(S, dy, with + 5 * BLOCK)
                        .fma(fromArray(S, x, at + 5 * BLOCK).sub(mean), s5);
                s6 = fromArray(S, dy, with + 6 * BLOCK)
                        .fma(fromArray(S, x, at + 6 * BLOCK).sub(mean), s6);
                s7 = fromArray(S, dy, with + 7 * BLOCK)
                        .fma(fromArray(S, x, at + 7 * BLOCK).sub(mean), s7);
            }
        }
        NEGATIVE_ZERO.add(s0).intoArray(sums, to);
        NEGATIVE_ZERO.add(s1).intoArray(sums, to + BLOCK);
        NEGATIVE_ZERO.add(s2).intoArray(sums, to + 2 * BLOCK);
        NEGATIVE_ZERO.add(s3).intoArray(sums, to + 3 * BLOCK);
        NEGATIVE_ZERO.add(s4).intoArray(sums, to + 4 * BLOCK);
        NEGATIVE_ZERO.add(s5).intoArray(sums, to + 5 * BLOCK);
        NEGATIVE_ZERO.add(s6).intoArray(sums, to + 6 * BLOCK);
        NEGATIVE_ZERO.add(s7).intoArray(sums, to + 7 * BLOCK);
    }

    /// For ReLU in one loop, which reads each number once.
    @Override
    void addGradientsTo(float[] sums, Norm p, int channel, int at, int planes, int pixels) {
        if (!FITS || !(p.activation instanceof Relu)) {
            super.addGradientsTo(sums, p, channel, at, planes, pixels);
            return;
        }
        int whole = pixels - pixels % LANES;
        int together = whole == pixels ? Math.max(1, SOME / Math.max(1, pixels)) : 1;
        for (int plane = 0; plane < planes; plane += together) {
            int begin = at + plane * p.stride();
            int n = Math.min(together, planes - plane);
            for (int i = 0; i < whole; i += SOME) {
                int some = Math.min(SOME, whole - i);
                for (int l = 0; l < SUMS; l += FOUR) {
                    for (int k = l; k < l + BLOCK; k += L) {
                        fourReluGradients(sums, k, p, channel + k - l, begin + i * BLOCK + k, n, some);
                    }
                }
            }
            reluGradients(sums, p, channel, begin + whole * BLOCK, pixels - whole);
        }
    }

    /// Adds to four lanes and the four lanes of products.
    private static void fourReluGradients(float[] sums, int to, Norm p, int channel, int at, int planes, int pixels) {
        float[] x = p.x.array();
        float[] y = p.y.array();
        float[] dy = p.dy.array();
        int xo = p.x.offset() + at;
        int yo = p.y.offset() + at;
        int dyo = p.dy.offset() + at;
        int stride = p.stride();
        FloatVector mean = fromArray(S, p.mean.array(), p.mean.offset() + channel);
        FloatVector zero = FloatVector.zero(S);
        FloatVector least = FloatVector.broadcast(S, Float.MIN_NORMAL);
        FloatVector s0 = fromArray(S, sums, to);
        FloatVector s1 = fromArray(S, sums, to + BLOCK);
        FloatVector s2 = fromArray(S, sums, to + 2 * BLOCK);
        FloatVector s3 = fromArray(S, sums, to + 3 * BLOCK);
        FloatVector t0 = fromArray(S, sums, SUMS + to);
        FloatVector t1 = fromArray(S, sums, SUMS + to + BLOCK);
        FloatVector t2 = fromArray(S, sums, SUMS + to + 2 * BLOCK);
        FloatVector t3 = fromArray(S, sums, SUMS + to + 3 * BLOCK);
        for (int plane = 0; plane < planes; plane++) {
            int begin = plane * stride;
            int end = begin + pixels * BLOCK;
            for (int i = begin; i < end; i += SUMS) {
                FloatVector d0 = fromArray(S, dy, dyo + i);
                VectorMask<Float> on0 = fromArray(S, y, yo + i).compare(GT, zero);
                d0 = zero.blend(d0, on0);
                d0 = d0.blend(zero, d0.abs().compare(LT, least));
                d0.intoArray(dy, dyo + i);
                s0 = d0.add(s0);
                t0 = d0.fma(fromArray(S, x, xo + i).sub(mean), t0);
                FloatVector d1 = fromArray(S, dy, dyo + i + BLOCK);
                VectorMask<Float> on1 = fromArray(S, y, yo + i + BLOCK).compare(GT, zero);
                d1 = zero.blend(d1, on1);
                d1 = d1.blend(zero, d1.abs().compare(LT, least));
                d1.intoArray(dy, dyo + i + BLOCK);
                s1 = d1.add(s1);
                t1 = d1.fma(fromArray(S, x, xo + i + BLOCK).sub(mean), t1);
                FloatVector d2 = fromArray(S, dy, dyo + i + 2 * BLOCK);
                VectorMask<Float> on2 = fromArray(S, y, yo + i + 2 * BLOCK).compare(GT, zero);
                d2 = zero.blend(d2, on2);
                d2 = d2.blend(zero, d2.abs().compare(LT, least));
                d2.intoArray(dy, dyo + i + 2 * BLOCK);
                s2 = d2.add(s2);
                t2 = d2.fma(fromArray(S, x, xo + i + 2 * BLOCK).sub(mean), t2);
                FloatVector d3 = fromArray(S, dy, dyo + i + 3 * BLOCK);
                VectorMask<Float> on3 = fromArray(S, y, yo + i + 3 * BLOCK).compare(GT, zero);
                d3 = zero.blend(d3, on3);
                d3 = d3.blend(zero, d3.abs().compare(LT, least));
                d3.intoArray(dy, dyo + i + 3 * BLOCK);
                s3 = d3.add(s3);
                t3 = d3.fma(fromArray(S, x, xo + i + 3 * BLOCK).sub(mean), t3);
            }
        }
        NEGATIVE_ZERO.add(s0).intoArray(sums, to);
        NEGATIVE_ZERO.add(s1).intoArray(sums, to + BLOCK);
        NEGATIVE_ZERO.add(s2).intoArray(sums, to + 2 * BLOCK);
        NEGATIVE_ZERO.add(s3).intoArray(sums, to + 3 * BLOCK);
        NEGATIVE_ZERO.add(t0).intoArray(sums, SUMS + to);
        NEGATIVE_ZERO.add(t1).intoArray(sums, SUMS + to + BLOCK);
        NEGATIVE_ZERO.add(t2).intoArray(sums, SUMS + to + 2 * BLOCK);
        NEGATIVE_ZERO.add(t3).intoArray(sums, SUMS + to + 3 * BLOCK);
    }

    /// The same for fewer than sixteen pixels, with the lanes in memory.
    private static void reluGradients(float[] sums, Norm p, int channel, int at, int pixels) {
        float[] x = p.x.array();
        float[] y = p.y.array();
        float[] dy = p.dy.array();
        int xo = p.x.offset() + at;
        int yo = p.y.offset() + at;
        int dyo = p.dy.offset() + at;
        float[] means = p.mean.array();
        int mo = p.mean.offset() + channel;
        FloatVector zero = FloatVector.zero(S);
        FloatVector least = FloatVector.broadcast(S, Float.MIN_NORMAL);
        for (int i = 0; i < pixels * BLOCK; i += L) {
            FloatVector d = fromArray(S, dy, dyo + i);
            VectorMask<Float> on = fromArray(S, y, yo + i).compare(GT, zero);
            d = zero.blend(d, on);
            d = d.blend(zero, d.abs().compare(LT, least));
            d.intoArray(dy, dyo + i);
            d.add(fromArray(S, sums, i)).intoArray(sums, i);
            FloatVector v = fromArray(S, x, xo + i).sub(fromArray(S, means, mo + i % BLOCK));
            d.fma(v, fromArray(S, sums, SUMS + i)).intoArray(sums, SUMS + i);
        }
    }

    /// With a residual and ReLU in the same loop.
    @Override
    void normalizePixels(Norm p, int channel, int at, int pixels) {
        if (!FITS) {
            super.normalizePixels(p, channel, at, pixels);
            return;
        }
        boolean relu = p.activation instanceof Relu;
        boolean adds = relu && p.residual.size() > 0;
        float[] x = p.x.array();
        float[] r = p.residual.array();
        float[] y = p.y.array();
        int xo = p.x.offset() + at;
        int ro = p.residual.offset() + at;
        int yo = p.y.offset() + at;
        int n = pixels * BLOCK;
        FloatVector zero = FloatVector.zero(S);
        for (int l = 0; l < BLOCK; l += L) {
            FloatVector mean = fromArray(S, p.mean.array(), p.mean.offset() + channel + l);
            FloatVector factor = fromArray(S, p.factor.array(), p.factor.offset() + channel + l);
            FloatVector w = fromArray(S, p.workspace, channel + l);
            FloatVector b = fromArray(S, p.workspace, p.channels + channel + l);
            if (adds) {
                for (int i = l; i < n; i += BLOCK) {
                    FloatVector z =
                            fromArray(S, x, xo + i).sub(mean).mul(factor).fma(w, b);
                    FloatVector sum = z.add(fromArray(S, r, ro + i));
                    sum.blend(zero, sum.compare(LE, zero)).intoArray(y, yo + i);
                }
            } else if (relu) {
                for (int i = l; i < n; i += BLOCK) {
                    FloatVector z =
                            fromArray(S, x, xo + i).sub(mean).mul(factor).fma(w, b);
                    z.blend(zero, z.compare(LE, zero)).intoArray(y, yo + i);
                }
            } else {
                for (int i = l; i < n; i += BLOCK) {
                    fromArray(S, x, xo + i).sub(mean).mul(factor).fma(w, b).intoArray(y, yo + i);
                }
            }
        }
        if (!relu) ScalarNorms.finish(engine, p, at, n);
    }

    @Override
    void gradientPixels(Norm p, int channel, int at, int pixels) {
        if (!FITS) {
            super.gradientPixels(p, channel, at, pixels);
            return;
        }
        float[] x = p.x.array();
        float[] dy = p.dy.array();
        float[] dx = p.dx.array();
        int xo = p.x.offset() + at;
        int dyo = p.dy.offset() + at;
        int dxo = p.dx.offset() + at;
        int n = pixels * BLOCK;
        for (int l = 0; l < BLOCK; l += L) {
            FloatVector mean = fromArray(S, p.mean.array(), p.mean.offset() + channel + l);
            FloatVector a = fromArray(S, p.workspace, channel + l);
            FloatVector b = fromArray(S, p.workspace, p.channels + channel + l);
            FloatVector c = fromArray(S, p.workspace, 2 * p.channels + channel + l);
            for (int i = l; i < n; i += BLOCK) {
                FloatVector rest = fromArray(S, x, xo + i).sub(mean).fma(b, c);
                fromArray(S, dy, dyo + i).fma(a, rest).intoArray(dx, dxo + i);
            }
        }
    }

    @Override
    void scalePixels(Norm p, int channel, int at, int pixels) {
        if (!FITS) {
            super.scalePixels(p, channel, at, pixels);
            return;
        }
        float[] dy = p.dy.array();
        float[] dx = p.dx.array();
        int dyo = p.dy.offset() + at;
        int dxo = p.dx.offset() + at;
        int n = pixels * BLOCK;
        for (int l = 0; l < BLOCK; l += L) {
            FloatVector a = fromArray(S, p.workspace, channel + l);
            for (int i = l; i < n; i += BLOCK) fromArray(S, dy, dyo + i).mul(a).intoArray(dx, dxo + i);
        }
    }

    @Override
    void standardizePixels(Norm p, int channel, int at, int pixels) {
        if (!FITS) {
            super.standardizePixels(p, channel, at, pixels);
            return;
        }
        float[] x = p.x.array();
        float[] y = p.y.array();
        int xo = p.x.offset() + at;
        int yo = p.y.offset() + at;
        int n = pixels * BLOCK;
        for (int l = 0; l < BLOCK; l += L) {
            FloatVector mean = fromArray(S, p.mean.array(), p.mean.offset() + channel + l);
            FloatVector factor = fromArray(S, p.factor.array(), p.factor.offset() + channel + l);
            for (int i = l; i < n; i += BLOCK)
                fromArray(S, x, xo + i).sub(mean).mul(factor).intoArray(y, yo + i);
        }
    }
}
