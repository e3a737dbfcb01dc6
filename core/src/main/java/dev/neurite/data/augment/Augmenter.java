package dev.neurite.data.augment;

import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Shape;

/// Applies augmentations to the rows of batches in arrays. Use it from one thread at a time.
public final class Augmenter {
    // Parts of random keys, different from each other and from those of shuffling.
    private static final long OF_ROWS = 1;
    private static final long OF_BATCHES = 2;

    private final ImageAugmentation[] ofRows;
    private final Mixing[] ofBatches;
    private final Shape shape;
    private final Image image;
    private final KeyedRandom random = new KeyedRandom();
    private final int[] partners;
    private float[] before = {}; // copy of the values that are being mixed
    private long seed;
    private int epoch;

    /// @param shape the shape of a row
    /// @param rows the largest number of rows in a batch
    public Augmenter(Augmentations augmentations, Shape shape, int rows) {
        this.ofRows = augmentations.each().stream()
                .filter(ImageAugmentation.class::isInstance)
                .toArray(ImageAugmentation[]::new);
        this.ofBatches =
                augmentations.each().stream().filter(Mixing.class::isInstance).toArray(Mixing[]::new);
        this.shape = shape;
        this.image = new Image(ofRows.length > 0 ? shape : Shape.of(0, 0, 0));
        this.partners = new int[ofBatches.length > 0 ? rows : 0];
    }

    /// Begins an epoch: random numbers are drawn for it from now on.
    public void begin(long trainingSeed, int number) {
        seed = trainingSeed;
        epoch = number;
    }

    /// Changes one input.
    /// @param row its number in the data set
    public void change(int row, float[] inputs, int at) {
        if (ofRows.length == 0) return;
        System.arraycopy(inputs, at, image.pixels(), 0, shape.size());
        for (int i = 0; i < ofRows.length; i++) {
            random.begin(seed, epoch, OF_ROWS, row, i);
            ofRows[i].apply(image, random);
        }
        System.arraycopy(image.pixels(), 0, inputs, at, shape.size());
    }

    /// Mixes the rows of a batch and their targets.
    /// @param batch the index of the batch in the epoch
    /// @param rows the number of rows in the batch
    /// @param inputs as long as the largest batch needs
    /// @param targets one array per output, as long as the largest batch needs
    public void mix(int batch, int rows, float[] inputs, float[]... targets) {
        for (int i = 0; i < ofBatches.length; i++) {
            Mixing mixing = ofBatches[i];
            random.begin(seed, epoch, OF_BATCHES, batch, ofRows.length + i);
            if (random.nextDouble() >= mixing.chance()) continue;
            double lambda = Beta.draw(mixing.alpha(), random);
            float kept = (float) lambda;
            switch (mixing) {
                case Mixup _ -> {
                    random.permute(partners, rows);
                    blend(inputs, shape.size(), rows, kept);
                }
                case CutMix _ -> kept = paste(lambda, inputs, rows);
            }
            for (float[] each : targets) blend(each, each.length / partners.length, rows, kept);
        }
    }

    /// Computes kept · row + (1 − kept) · partner for each row.
    private void blend(float[] values, int width, int rows, float kept) {
        float[] old = copy(values, width * rows);
        float rest = 1 - kept;
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            int other = partners[row] * width;
            for (int j = 0; j < width; j++) values[at + j] = kept * old[at + j] + rest * old[other + j];
        }
    }

    /// Copies a rectangle of its partner into each image; returns the fraction of the area that is left.
    private float paste(double lambda, float[] inputs, int rows) {
        int h = shape.extent(1);
        int w = shape.extent(2);
        int x = random.below(w);
        int y = random.below(h);
        random.permute(partners, rows);
        double half = 0.5 * Math.sqrt(1 - lambda);
        int left = Math.max(0, x - (int) (half * w));
        int right = Math.min(w, x + (int) (half * w));
        int top = Math.max(0, y - (int) (half * h));
        int bottom = Math.min(h, y + (int) (half * h));
        float[] old = copy(inputs, shape.size() * rows);
        for (int row = 0; row < rows; row++) {
            for (int c = 0; c < shape.extent(0); c++) {
                for (int line = top; line < bottom; line++) {
                    int at = (c * h + line) * w + left;
                    int from = partners[row] * shape.size() + at;
                    System.arraycopy(old, from, inputs, row * shape.size() + at, right - left);
                }
            }
        }
        return (float) (1 - (double) (right - left) * (bottom - top) / ((double) h * w));
    }

    private float[] copy(float[] values, int count) {
        if (before.length < count) before = new float[values.length];
        System.arraycopy(values, 0, before, 0, count);
        return before;
    }
}
