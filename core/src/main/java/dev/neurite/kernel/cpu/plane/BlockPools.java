package dev.neurite.kernel.cpu.plane;

import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pooling.Axis;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.tensor.Layout;
import java.util.Arrays;

/// [ScalarPools] for channels in blocks, in the same order, with the same bits: a pixel of a plane has the
/// elements of sixteen channels. A place is the index of a pixel in its plane, as in row-major order.
sealed class BlockPools extends ScalarPools permits VectorBlockPools {
    static final int BLOCK = Layout.BLOCK;

    @Override
    final int lanes() {
        return BLOCK;
    }

    @Override
    final void max(Pooling p, float[] x, int xo, float[] y, int yo, float[] places, int po, int blocks) {
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < p.rows().count(); i++) {
                for (int j = 0; j < p.columns().count(); j++) {
                    max(p, i, j, x, xo, y, yo, places, po);
                    yo += BLOCK;
                    po += BLOCK;
                }
            }
            xo += BLOCK * p.area();
        }
    }

    /// The maximum of window (i, j) of a block.
    void max(Pooling p, int i, int j, float[] x, int xo, float[] y, int yo, float[] places, int po) {
        Axis rows = p.rows();
        Axis columns = p.columns();
        for (int c = 0; c < BLOCK; c++) {
            int place = rows.first(i) * columns.size() + columns.first(j);
            float most = Float.NEGATIVE_INFINITY;
            for (int h = rows.first(i); h < rows.end(i); h += rows.dilation()) {
                for (int w = columns.first(j); w < columns.end(j); w += columns.dilation()) {
                    float v = x[xo + (h * columns.size() + w) * BLOCK + c];
                    if (v > most || Float.isNaN(v)) {
                        most = v;
                        place = h * columns.size() + w;
                    }
                }
            }
            y[yo + c] = most;
            if (places.length > 0) places[po + c] = Float.intBitsToFloat(place);
        }
    }

    @Override
    final void maxGradient(Pooling p, float[] dy, int dyo, float[] places, int po, float[] dx, int dxo, int blocks) {
        int width = BLOCK * p.columns().size();
        for (int block = 0; block < blocks; block++) {
            int begun = 0; // rows that have been cleared
            for (int i = 0; i < p.rows().count(); i++) {
                int end = Math.max(begun, p.rows().end(i));
                Arrays.fill(dx, dxo + begun * width, dxo + end * width, 0);
                begun = end;
                for (int j = 0; j < p.columns().count(); j++) {
                    for (int c = 0; c < BLOCK; c++) {
                        dx[dxo + Float.floatToRawIntBits(places[po + c]) * BLOCK + c] += dy[dyo + c];
                    }
                    dyo += BLOCK;
                    po += BLOCK;
                }
            }
            Arrays.fill(dx, dxo + begun * width, dxo + p.rows().size() * width, 0);
            dxo += p.rows().size() * width;
        }
    }

    @Override
    final void average(Pooling p, boolean padding, float[] x, int xo, float[] y, int yo, int blocks) {
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < p.rows().count(); i++) {
                for (int j = 0; j < p.columns().count(); j++) {
                    average(p, i, j, p.share(i, j, padding), x, xo, y, yo);
                    yo += BLOCK;
                }
            }
            xo += BLOCK * p.area();
        }
    }

    /// The mean of window (i, j) of a block: the sum over columns of the sum of each column.
    void average(Pooling p, int i, int j, float share, float[] x, int xo, float[] y, int yo) {
        Axis columns = p.columns();
        for (int c = 0; c < BLOCK; c++) {
            float sum = 0;
            for (int w = columns.first(j); w < columns.end(j); w++) {
                float column = 0;
                for (int h = p.rows().first(i); h < p.rows().end(i); h++) {
                    column += x[xo + (h * columns.size() + w) * BLOCK + c];
                }
                sum += column;
            }
            y[yo + c] = sum * share;
        }
    }

    @Override
    final void spread(Pooling p, boolean padding, int i, float[] dy, int dyo, float[] dx, int dxo) {
        Axis columns = p.columns();
        int inside = columns.firstInside();
        int end = columns.endOfInside();
        for (int j = 0; j < columns.count(); j++) {
            if (j == inside) j = end;
            if (j == columns.count()) break;
            float share = p.share(i, j, padding);
            int n = columns.end(j) - columns.first(j);
            addShares(n, share, dy, dyo + j * BLOCK, 0, dx, dxo + columns.first(j) * BLOCK, BLOCK);
        }
        if (inside == end) return;
        float share = p.share(i, inside, padding);
        int first = dxo + (inside * columns.stride() - columns.before()) * BLOCK;
        for (int k = 0; k < columns.kernel(); k++) {
            int to = first + k * BLOCK;
            addShares(end - inside, share, dy, dyo + inside * BLOCK, BLOCK, dx, to, columns.stride() * BLOCK);
        }
    }

    /// dx += dy·share for n pixels of dx.
    /// @param step the distance of the pixels of dy; `toStep` in dx
    void addShares(int n, float share, float[] dy, int dyo, int step, float[] dx, int dxo, int toStep) {
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < BLOCK; c++) dx[dxo + i * toStep + c] += dy[dyo + i * step + c] * share;
        }
    }

    /// The means of the planes of a block, in the order of [ScalarKernels#sum].
    @Override
    void mean(ScalarKernels engine, float[] x, int xo, int n, float[] y, int yo) {
        int pixels = n / BLOCK;
        for (int c = xo; c < xo + BLOCK; c++) {
            float even = everyFourth(x, c, xo + n) + everyFourth(x, c + 2 * BLOCK, xo + n);
            float odd = everyFourth(x, c + BLOCK, xo + n) + everyFourth(x, c + 3 * BLOCK, xo + n);
            y[yo++] = (even + odd) / pixels;
        }
    }

    /// The sum of every fourth of the sixteen lanes of a channel, from the one that begins at `at`.
    private static float everyFourth(float[] x, int at, int end) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = at; i < end; i += ScalarKernels.LANES * BLOCK) {
            a += x[i];
            if (i < end - 4 * BLOCK) b += x[i + 4 * BLOCK];
            if (i < end - 8 * BLOCK) c += x[i + 8 * BLOCK];
            if (i < end - 12 * BLOCK) d += x[i + 12 * BLOCK];
        }
        return (a + c) + (b + d);
    }

    @Override
    final void meanGradient(float[] dy, int dyo, float[] dx, int dxo, int n) {
        int pixels = n / BLOCK;
        for (int c = 0; c < Math.min(n, BLOCK); c++) dx[dxo + c] = dy[dyo + c] / pixels;
        for (int done = BLOCK; done < n; done *= 2) {
            System.arraycopy(dx, dxo, dx, dxo + done, Math.min(done, n - done));
        }
    }
}
