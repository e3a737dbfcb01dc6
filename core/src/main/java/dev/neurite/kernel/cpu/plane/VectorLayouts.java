package dev.neurite.kernel.cpu.plane;

import dev.neurite.kernel.cpu.Transposition;

/// [ScalarLayouts] as transpositions.
final class VectorLayouts extends ScalarLayouts {
    @Override
    public void toBlock(float[] from, int at, int pixels, float[] to, int o) {
        Transposition.transpose(from, at, pixels, BLOCK, pixels, to, o, BLOCK);
    }

    @Override
    public void toPlanes(float[] from, int at, int pixels, float[] to, int o) {
        Transposition.transpose(from, at, BLOCK, pixels, BLOCK, to, o, pixels);
    }
}
