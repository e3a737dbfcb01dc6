package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// SVMClassifier and SVMRegressor, in double precision.
final class SupportVectors {
    private SupportVectors() {}

    static void register(Operators all) {
        all.add(Operators.ML, "SVMClassifier", SupportVectors::classifier);
        all.add(Operators.ML, "SVMRegressor", SupportVectors::regressor);
    }

    private enum Kind {
        LINEAR,
        POLY,
        RBF,
        SIGMOID
    }

    /// How alike two rows are.
    private record Kernel(Kind kind, double gamma, double coef0, double degree) {
        static Kernel of(NodeCall call) {
            String name = call.attributes().text("kernel_type", "LINEAR").toUpperCase(Locale.ROOT);
            Kind kind = Arrays.stream(Kind.values())
                    .filter(each -> each.name().equals(name))
                    .findAny()
                    .orElseThrow(() ->
                            call.wrong("expects a kernel_type of LINEAR, POLY, RBF or SIGMOID, got '" + name + "'"));
            float[] settings = call.attributes().reals("kernel_params").orElseGet(() -> new float[3]);
            if (settings.length == 0) settings = new float[3];
            if (settings.length != 3) {
                throw call.wrong("expects kernel_params of 3 numbers, gamma, coef0 and degree, got " + settings.length);
            }
            return new Kernel(kind, settings[0], settings[1], settings[2]);
        }

        double of(Elements.Doubles x, int at, float[] vectors, int first, int width) {
            double sum = 0;
            if (kind == Kind.RBF) {
                for (int i = 0; i < width; i++) {
                    double distance = x.get(at + i) - vectors[first + i];
                    sum += distance * distance;
                }
                return Math.exp(-gamma * sum);
            }
            for (int i = 0; i < width; i++) sum += x.get(at + i) * vectors[first + i];
            return switch (kind) {
                case POLY -> Math.pow(gamma * sum + coef0, degree);
                case SIGMOID -> Math.tanh(gamma * sum + coef0);
                case LINEAR, RBF -> sum;
            };
        }
    }

    // ----------------------------------------------------------------------------------------------------- regression

    private static ReadyNode regressor(NodeCall call) {
        NumberRows rows = NumberRows.ofNumbers(call);
        int width = rows.width();
        int count = call.attributes().small("n_supports", 0);
        float[] coefficients = LinearOperators.list(call, "coefficients");
        float[] vectors = count > 0 ? LinearOperators.list(call, "support_vectors") : coefficients;
        float[] rho = LinearOperators.list(call, "rho");
        long expected = count > 0 ? (long) count * width : width;
        if (count < 0 || vectors.length != expected || (count > 0 && coefficients.length != count) || rho.length == 0) {
            throw call.misfit(
                    "expects support_vectors [" + count + "×" + width + "], as many coefficients and a rho, got "
                            + vectors.length + ", " + coefficients.length + " and " + rho.length + " numbers");
        }
        Kernel kernel = count > 0 ? Kernel.of(call) : new Kernel(Kind.LINEAR, 0, 0, 0);
        boolean oneClass = call.attributes().flag("one_class", false);
        PostTransform transform = PostTransform.of(call);
        return ReadyNode.of(Fact.of(ElementType.FLOAT, rows.table(1)), (in, out) -> {
            Elements.Doubles x = Elements.doubles(in[0]);
            call.kernels().share(rows.count(), vectors.length, (from, to) -> {
                double[] score = new double[1];
                for (int row = from; row < to; row++) {
                    double sum = count > 0 ? 0 : kernel.of(x, row * width, vectors, 0, width);
                    for (int i = 0; i < count; i++) {
                        sum += coefficients[i] * kernel.of(x, row * width, vectors, i * width, width);
                    }
                    sum += rho[0];
                    score[0] = oneClass ? (sum > 0 ? 1 : -1) : sum;
                    transform.apply(score, 0, 1);
                    LinearOperators.write(score, out[0], row);
                }
            });
        });
    }

    // ------------------------------------------------------------------------------------------------- classification

    private static ReadyNode classifier(NodeCall call) {
        NumberRows rows = NumberRows.ofNumbers(call);
        Labels labels = Labels.of(call, "classlabels_strings", "classlabels_ints");
        var machine = Machine.of(call, rows.width(), labels.count());
        PostTransform transform = PostTransform.of(call);
        int scores = machine.results();
        return ReadyNode.of(
                List.of(Fact.of(labels.type(), rows.column()), Fact.of(ElementType.FLOAT, rows.table(scores))),
                (in, out) -> {
                    Elements.Doubles x = Elements.doubles(in[0]);
                    Value z = Work.optional(out, 1);
                    call.kernels().share(rows.count(), machine.vectors.length, (from, to) -> {
                        double[] all = new double[scores];
                        for (int row = from; row < to; row++) {
                            int label = machine.score(x, row * rows.width(), all);
                            if (out[0] != null) labels.write(label, out[0], row);
                            transform.apply(all, 0, scores);
                            if (z != null) LinearOperators.write(all, z, row);
                        }
                    });
                });
    }

    /// A machine for each pair of classes, or without support vectors a linear score for each class.
    /// @param starts the first support vector of each class, and their number; null without any
    /// @param rho what is added for each pair
    /// @param a with b, makes probabilities of the pairs' scores; empty for none
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Machine(
            Kernel kernel,
            int width,
            int classes,
            int @Nullable [] starts,
            float[] vectors,
            float[] coefficients,
            float[] rho,
            float[] a,
            float[] b) {
        private static final int MOST_CLASSES = 1 << 15; // their pairs are counted in 32 bits

        static Machine of(NodeCall call, int width, int classes) {
            if (classes > MOST_CLASSES) throw call.wrong("expects at most " + MOST_CLASSES + " labels, got " + classes);
            long[] counts = call.attributes().integers("vectors_per_class").orElseGet(() -> new long[0]);
            float[] coefficients = LinearOperators.list(call, "coefficients");
            float[] rho = LinearOperators.list(call, "rho");
            float[] a = call.attributes().reals("prob_a").orElseGet(() -> new float[0]);
            float[] b = call.attributes().reals("prob_b").orElseGet(() -> new float[0]);
            if (Arrays.stream(counts).allMatch(each -> each == 0)) {
                if (coefficients.length != (long) classes * width || rho.length == 0) {
                    throw call.misfit("expects coefficients [" + classes + "×" + width + "] and a rho, got "
                            + coefficients.length + " and " + rho.length + " numbers");
                }
                var linear = new Kernel(Kind.LINEAR, 0, 0, 0);
                return new Machine(linear, width, classes, null, coefficients, coefficients, rho, a, b);
            }
            if (counts.length != classes) {
                throw call.wrong("expects vectors_per_class for " + classes + " labels, got " + counts.length);
            }
            int[] starts = new int[classes + 1];
            float[] vectors = LinearOperators.list(call, "support_vectors");
            for (int i = 0; i < classes; i++) {
                if (counts[i] < 0 || counts[i] > vectors.length - starts[i]) {
                    throw call.wrong("expects vectors_per_class of the support_vectors, got " + counts[i]);
                }
                starts[i + 1] = starts[i] + (int) counts[i];
            }
            int all = starts[classes];
            int pairs = classes * (classes - 1) / 2;
            boolean fits = vectors.length == (long) all * width
                    && coefficients.length == (long) (classes - 1) * all
                    && rho.length >= pairs
                    && a.length == b.length
                    && (a.length == 0 || a.length >= pairs);
            if (!fits) {
                throw call.misfit("expects support_vectors [" + all + "×" + width + "], coefficients [" + (classes - 1)
                        + "×"
                        + all + "], and a rho, and prob_a and prob_b or none, for each of " + pairs + " pairs, got "
                        + vectors.length + ", " + coefficients.length + ", " + rho.length + ", " + a.length + " and "
                        + b.length + " numbers");
            }
            return new Machine(Kernel.of(call), width, classes, starts, vectors, coefficients, rho, a, b);
        }

        private int pairs() {
            return classes * (classes - 1) / 2;
        }

        /// The number of a row's scores.
        int results() {
            if (starts == null || a.length > 0) return classes;
            return classes <= 2 ? classes : pairs();
        }

        /// @param scores written
        /// @return the class
        int score(Elements.Doubles x, int at, double[] scores) {
            int[] first = starts;
            if (first == null) {
                for (int i = 0; i < classes; i++) scores[i] = kernel.of(x, at, vectors, i * width, width) + rho[0];
                return classes == 1 ? (scores[0] > 0 ? 1 : 0) : Labels.best(scores, 0, classes);
            }
            double[] likeness = new double[first[classes]];
            for (int i = 0; i < likeness.length; i++) likeness[i] = kernel.of(x, at, vectors, i * width, width);
            double[] duels = new double[pairs()];
            double[] votes = new double[classes];
            for (int i = 0, pair = 0; i < classes; i++) {
                for (int j = i + 1; j < classes; j++, pair++) {
                    double sum = rho[pair];
                    int ofI = (j - 1) * likeness.length;
                    int ofJ = i * likeness.length;
                    for (int k = first[i]; k < first[i + 1]; k++) sum += coefficients[ofI + k] * likeness[k];
                    for (int k = first[j]; k < first[j + 1]; k++) sum += coefficients[ofJ + k] * likeness[k];
                    duels[pair] = sum;
                    votes[sum > 0 ? i : j]++;
                }
            }
            if (a.length > 0) {
                probabilities(duels, scores);
            } else if (classes == 2) {
                scores[0] = -duels[0];
                scores[1] = duels[0];
            } else {
                System.arraycopy(duels, 0, scores, 0, Math.min(duels.length, scores.length));
            }
            return Labels.best(votes, 0, classes);
        }

        /// The probabilities that fit those of the pairs best: Wu, Lin and Weng 2004, as libsvm computes them.
        private void probabilities(double[] duels, double[] p) {
            double[][] r = new double[classes][classes];
            for (int i = 0, pair = 0; i < classes; i++) {
                for (int j = i + 1; j < classes; j++, pair++) {
                    double of = 1 - PostTransform.logistic(duels[pair] * a[pair] + b[pair]);
                    r[i][j] = Math.clamp(of, 1e-7, 1 - 1e-7);
                    r[j][i] = 1 - r[i][j];
                }
            }
            Arrays.fill(p, 1.0 / classes);
            double[][] q = new double[classes][classes];
            for (int i = 0; i < classes; i++) {
                for (int j = 0; j < classes; j++) {
                    if (i == j) continue;
                    q[i][i] += r[j][i] * r[j][i];
                    q[i][j] = -r[j][i] * r[i][j];
                }
            }
            int most = Math.max(100, classes);
            for (int round = 0; round < most && !balance(q, p); round++) {}
        }

        /// One round over all classes.
        /// @return whether they were balanced before
        private boolean balance(double[][] q, double[] p) {
            double[] qp = new double[classes];
            double pqp = 0;
            for (int i = 0; i < classes; i++) {
                for (int j = 0; j < classes; j++) qp[i] += q[i][j] * p[j];
                pqp += p[i] * qp[i];
            }
            double error = 0;
            for (double each : qp) error = Math.max(error, Math.abs(each - pqp));
            if (error < 0.005 / classes) return true;
            for (int i = 0; i < classes; i++) {
                double change = (pqp - qp[i]) / q[i][i];
                p[i] += change;
                pqp = (pqp + change * (change * q[i][i] + 2 * qp[i])) / (1 + change) / (1 + change);
                for (int j = 0; j < classes; j++) {
                    qp[j] = (qp[j] + change * q[i][j]) / (1 + change);
                    p[j] /= 1 + change;
                }
            }
            return false;
        }
    }
}
