package dev.neurite.dashboard.playground;

import dev.neurite.kernel.KeyedRandom;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// The data sets of the playground. Points are in the square from −6 to 6 on each axis; noise may
/// move some beyond. Each is a function of noise and seed.
public enum PlaygroundData {
    /// Two spirals, one for each class.
    SPIRALS("spirals", Kind.CLASSES) {
        @Override
        Points points(double noise, KeyedRandom random) {
            var cloud = new Cloud(POINTS);
            int each = POINTS / 2;
            for (int label = 0; label < 2; label++) {
                for (int i = 0; i < each; i++) {
                    double radius = 5.0 * i / each;
                    double turn = 1.75 * 2 * Math.PI * i / each + label * Math.PI;
                    double x1 = radius * StrictMath.sin(turn) + between(random, -1, 1) * noise;
                    double x2 = radius * StrictMath.cos(turn) + between(random, -1, 1) * noise;
                    cloud.add(x1, x2, 1 - label);
                }
            }
            return cloud.points();
        }
    },
    /// A disc within a ring.
    CIRCLES("circles", Kind.CLASSES) {
        @Override
        Points points(double noise, KeyedRandom random) {
            var cloud = new Cloud(POINTS);
            for (int i = 0; i < POINTS; i++) {
                boolean inner = i < POINTS / 2;
                double radius = inner ? between(random, 0, 2.5) : between(random, 3.5, 5);
                double angle = between(random, 0, 2 * Math.PI);
                double x1 = radius * StrictMath.sin(angle);
                double x2 = radius * StrictMath.cos(angle);
                double seen1 = x1 + between(random, -5, 5) * noise;
                double seen2 = x2 + between(random, -5, 5) * noise;
                cloud.add(x1, x2, seen1 * seen1 + seen2 * seen2 < 2.5 * 2.5 ? 1 : 0);
            }
            return cloud.points();
        }
    },
    /// Exclusive or: the class is 1 where both coordinates have the same sign.
    XOR("xor", Kind.CLASSES) {
        @Override
        Points points(double noise, KeyedRandom random) {
            var cloud = new Cloud(POINTS);
            for (int i = 0; i < POINTS; i++) {
                double x1 = apart(between(random, -5, 5));
                double x2 = apart(between(random, -5, 5));
                double seen1 = x1 + between(random, -5, 5) * noise;
                double seen2 = x2 + between(random, -5, 5) * noise;
                cloud.add(x1, x2, seen1 * seen2 >= 0 ? 1 : 0);
            }
            return cloud.points();
        }

        private static double apart(double x) {
            return x + (x > 0 ? 0.3 : -0.3);
        }
    },
    /// Two Gaussian clouds, one for each class.
    GAUSSIANS("gaussians", Kind.CLASSES) {
        @Override
        Points points(double noise, KeyedRandom random) {
            var cloud = new Cloud(POINTS);
            double deviation = StrictMath.sqrt(0.5 + 7 * noise); // a variance of 0.5 to 4
            for (int i = 0; i < POINTS; i++) {
                double center = i < POINTS / 2 ? 2 : -2;
                double x1 = center + deviation * random.nextGaussian();
                double x2 = center + deviation * random.nextGaussian();
                cloud.add(x1, x2, center > 0 ? 1 : 0);
            }
            return cloud.points();
        }
    },
    /// A regression: a number that rises evenly in one direction.
    PLANE("plane", Kind.NUMBERS) {
        @Override
        Points points(double noise, KeyedRandom random) {
            return regression(noise, random, (x1, x2) -> Math.clamp((x1 + x2) / 10, -1, 1));
        }
    },
    /// A regression: three hills and three hollows.
    HILLS("hills", Kind.NUMBERS) {
        private static final double[][] TOPS = {
            {-4, 2.5, 1}, {0, 2.5, -1}, {4, 2.5, 1}, {-4, -2.5, -1}, {0, -2.5, 1}, {4, -2.5, -1}
        };

        @Override
        Points points(double noise, KeyedRandom random) {
            return regression(noise, random, (x1, x2) -> height(x1, x2));
        }

        private static double height(double x1, double x2) {
            DoubleUnaryOperator slope = distance -> Math.clamp(1 - distance / 2, 0, 1);
            double highest = 0;
            for (double[] top : TOPS) {
                double distance = StrictMath.hypot(x1 - top[0], x2 - top[1]);
                double height = top[2] * slope.applyAsDouble(distance);
                if (Math.abs(height) > Math.abs(highest)) highest = height;
            }
            return highest;
        }
    },
    /// Four rows, each of which has a single 1: the network learns to repeat its input.
    IDENTITY("identity", Kind.IDENTITY) {
        @Override
        Points points(double noise, KeyedRandom random) {
            float[][] oneHot = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
            return Points.rows(oneHot, List.of("e₁", "e₂", "e₃", "e₄"), new float[] {0, 1, 2, 3});
        }
    },
    /// The two rows of the network that is set by hand: (1, 2) of class 0 and (3, −1) of class 1.
    BY_HAND("by-hand", Kind.TWO_ROWS) {
        @Override
        Points points(double noise, KeyedRandom random) {
            return new Points(new double[] {1, 3}, new double[] {2, -1}, new float[] {0, 1});
        }
    };

    /// What a data set asks of a network.
    enum Kind {
        /// One of two classes: a single output.
        CLASSES,
        /// A number: a single output.
        NUMBERS,
        /// The input itself, with an output for each of four classes.
        IDENTITY,
        /// One of two classes, with an output for each.
        TWO_ROWS
    }

    /// The number of points of a data set in the plane.
    static final int POINTS = 400;

    /// Half the side of the square that heat maps show.
    static final double RADIUS = 6;

    private final String key;
    private final Kind kind;

    PlaygroundData(String key, Kind kind) {
        this.key = key;
        this.kind = kind;
    }

    /// The name in links and messages.
    public String key() {
        return key;
    }

    Kind kind() {
        return kind;
    }

    boolean classifies() {
        return kind != Kind.NUMBERS;
    }

    /// Whether this data has its own inputs, and all its rows are trained on and none are kept
    /// for testing.
    boolean isPreset() {
        return kind == Kind.IDENTITY || kind == Kind.TWO_ROWS;
    }

    /// Whether its rows are points of the plane.
    boolean isInPlane() {
        return kind != Kind.IDENTITY;
    }

    /// All examples.
    /// @param noise from 0 to 0.5
    /// @param random a stream of this data's own
    abstract Points points(double noise, KeyedRandom random);

    private static double between(KeyedRandom random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private interface Surface {
        double at(double x1, double x2);
    }

    private static Points regression(double noise, KeyedRandom random, Surface surface) {
        var cloud = new Cloud(POINTS);
        for (int i = 0; i < POINTS; i++) {
            double x1 = between(random, -RADIUS, RADIUS);
            double x2 = between(random, -RADIUS, RADIUS);
            double seen1 = x1 + between(random, -RADIUS, RADIUS) * noise;
            double seen2 = x2 + between(random, -RADIUS, RADIUS) * noise;
            cloud.add(x1, x2, surface.at(seen1, seen2));
        }
        return cloud.points();
    }

    private static final class Cloud {
        private final double[] x1;
        private final double[] x2;
        private final float[] targets;
        private int count;

        Cloud(int size) {
            x1 = new double[size];
            x2 = new double[size];
            targets = new float[size];
        }

        void add(double first, double second, double target) {
            x1[count] = first;
            x2[count] = second;
            targets[count++] = (float) target;
        }

        Points points() {
            return new Points(x1, x2, targets);
        }
    }
}
