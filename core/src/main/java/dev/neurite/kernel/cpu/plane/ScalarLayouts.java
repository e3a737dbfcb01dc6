package dev.neurite.kernel.cpu.plane;

import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.tensor.Layout;

/// The definition of [CpuPlanes#convert]: between sixteen planes and a block of channels, in plain loops.
public sealed class ScalarLayouts permits VectorLayouts {
    public static ScalarLayouts of(ScalarKernels engine) {
        return engine.isVector() ? new VectorLayouts() : new ScalarLayouts();
    }

    static final int BLOCK = Layout.BLOCK;

    /// A block of channels from its planes: element p of plane c goes to `to[o + 16 * p + c]`. Eight planes at
    /// a time, which C2 compiles to one load and one store for each element.
    /// @param pixels the elements of a plane
    public void toBlock(float[] from, int at, int pixels, float[] to, int o) {
        for (int c = 0; c < BLOCK; c += 8) {
            int f = at + c * pixels;
            for (int p = 0; p < pixels; p++) {
                int t = o + BLOCK * p + c;
                to[t] = from[f + p];
                to[t + 1] = from[f + pixels + p];
                to[t + 2] = from[f + 2 * pixels + p];
                to[t + 3] = from[f + 3 * pixels + p];
                to[t + 4] = from[f + 4 * pixels + p];
                to[t + 5] = from[f + 5 * pixels + p];
                to[t + 6] = from[f + 6 * pixels + p];
                to[t + 7] = from[f + 7 * pixels + p];
            }
        }
    }

    /// The planes of a block: the inverse of [#toBlock].
    public void toPlanes(float[] from, int at, int pixels, float[] to, int o) {
        for (int c = 0; c < BLOCK; c += 8) {
            int t = o + c * pixels;
            for (int p = 0; p < pixels; p++) {
                int f = at + BLOCK * p + c;
                to[t + p] = from[f];
                to[t + pixels + p] = from[f + 1];
                to[t + 2 * pixels + p] = from[f + 2];
                to[t + 3 * pixels + p] = from[f + 3];
                to[t + 4 * pixels + p] = from[f + 4];
                to[t + 5 * pixels + p] = from[f + 5];
                to[t + 6 * pixels + p] = from[f + 6];
                to[t + 7 * pixels + p] = from[f + 7];
            }
        }
    }
}
