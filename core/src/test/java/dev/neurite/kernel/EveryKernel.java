package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Every public method of [Kernels] that computes, ready to be called on numbers that are always the same.
/// Uses the JDK alone, so that programs in fresh JVMs can use it.
final class EveryKernel {
    /// Calls a kernel; what the kernel returns, or 0.
    interface Code {
        double run();
    }

    interface Procedure {
        void run();
    }

    /// @param kernel the method's name
    /// @param detail which of its variants
    /// @param results what it writes to
    record Case(String kernel, String detail, Code code, List<float[]> results) {
        @Override
        public String toString() {
            return kernel + " " + detail;
        }

        /// A call whose result nobody looks at.
        void call() {
            code.run();
        }

        /// Calls the kernel once; the SHA-256 of what it returns and all that it has written.
        String hash() {
            var hash = new Hash();
            hash.add(Double.doubleToLongBits(code.run()));
            for (float[] result : results) hash.add(result);
            return hash.toString();
        }
    }

    /// A SHA-256 of numbers.
    static final class Hash {
        private final MessageDigest digest;
        private final byte[] eight = new byte[Long.BYTES];

        Hash() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        void add(long number) {
            for (int i = 0; i < eight.length; i++) eight[i] = (byte) (number >>> (8 * i));
            digest.update(eight);
        }

        void add(float[] numbers) {
            ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
            for (float each : numbers) bytes.putInt(Float.floatToIntBits(each));
            digest.update(bytes.array());
        }

        void add(String text) {
            for (int i = 0; i < text.length(); i++) add(text.charAt(i));
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    static final List<Elementwise> FUNCTIONS = List.of(
            Activation.IDENTITY,
            Activation.RELU,
            Activation.leakyRelu(),
            Activation.TANH,
            Activation.SIGMOID,
            Activation.elu(),
            Activation.celu(1.5),
            Activation.SELU,
            Activation.GELU,
            Activation.GELU_TANH,
            Activation.SILU,
            Activation.MISH,
            Activation.LOG_SIGMOID,
            Activation.softplus(),
            Activation.RELU6,
            Activation.hardTanh(),
            Activation.HARD_SIGMOID,
            Activation.HARD_SWISH,
            Activation.SOFTSIGN,
            Activation.TANH_SHRINK,
            Activation.softShrink(),
            Activation.hardShrink(),
            Activation.threshold(0.3, -1),
            new Samples.Swish());

    private static final int SEVERAL = 3; // products in one call

    private final Kernels k;
    private final int rows;
    private final int columns;
    private final int depth;
    private final List<Case> all = new ArrayList<>();
    private long seed;

    private EveryKernel(Kernels k, int rows, int columns, int depth) {
        this.k = k;
        this.rows = rows;
        this.columns = columns;
        this.depth = depth;
    }

    /// All cases, each on tensors of its own.
    /// @param rows of the batch, or of C in a product
    /// @param columns of the batch, or of C in a product
    /// @param depth the inner extent of a product
    static List<Case> of(Kernels kernels, int rows, int columns, int depth) {
        var every = new EveryKernel(kernels, rows, columns, depth);
        every.elements();
        every.learnedAndGated();
        every.products();
        every.dense();
        every.encoded();
        every.columns();
        every.rows();
        every.losses();
        every.rowWeights();
        every.answers();
        every.updates();
        every.noise();
        every.norms();
        every.blockNorms(3, 5);
        every.blockNorms(4, 8);
        new EveryPlaneKernel(kernels, rows, columns, depth, every).addAll();
        new EveryConvolution(kernels, rows, columns, depth, every).addAll();
        every.distributions();
        every.table();
        every.recurrent(new float[0]);
        every.recurrent(new float[] {1, 2});
        every.axes();
        every.sequences(false);
        every.sequences(true);
        every.attention(2, 2, false);
        every.attention(4, 2, true);
        every.positions();
        return every.all;
    }

    /// One hash of everything that all kernels write.
    static String hash(Kernels kernels, int rows, int columns, int depth) {
        var hash = new Hash();
        for (Case each : of(kernels, rows, columns, depth)) hash.add(each.hash());
        return hash.toString();
    }

    /// Numbers around 0, among them zeros of both signs, and some so small that their products are denormal.
    private float[] numbers(int n) {
        var random = new KeyedRandom(seed++);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            float z = 6 * random.uniform(i) - 3;
            x[i] = i % 11 == 5 ? 0 : i % 13 == 6 ? -0f : i % 17 == 8 ? z * 1e-21f : i % 19 == 9 ? z * 1e-39f : z;
        }
        return x;
    }

    Tensor tensor(int... extents) {
        Shape shape = Shape.of(extents);
        return Tensor.view(shape, numbers(shape.size()), 0);
    }

    private Tensor batch() {
        return tensor(rows, columns);
    }

    /// The same numbers as channels in blocks.
    static Tensor inBlocks(Tensor x) {
        return Tensor.view(x.shape(), x.array(), x.offset(), Layout.BLOCKED);
    }

    void add(String kernel, String detail, Procedure code, Tensor... written) {
        List<float[]> results = new ArrayList<>();
        for (Tensor each : written) results.add(each.array());
        all.add(new Case(
                kernel,
                detail,
                () -> {
                    code.run();
                    return 0;
                },
                results));
    }

    private void elements() {
        Tensor a = batch();
        Tensor b = batch();
        Tensor y = batch();
        Tensor own = batch();
        Tensor turned = batch();
        Tensor sum = batch();
        add("fill", "", () -> k.fill(1.5f, y), y);
        add("copy", "", () -> k.copy(a, y), y);
        add("add", "", () -> k.add(a, b, y), y);
        add("add", "in place", () -> k.add(own, b, own), own);
        add("addActivated", "", () -> k.addActivated(a, b, Activation.RELU, y), y);
        add("multiply", "", () -> k.multiply(a, b, y), y);
        add("scale", "", () -> k.scale(-1.7f, a, y), y);
        add("scale", "in place", () -> k.scale(-1, turned, turned), turned);
        add("addScaled", "", () -> k.addScaled(0.3f, a, sum), sum);
        for (Elementwise g : FUNCTIONS) {
            Tensor dy = batch();
            add("activations.activate", g.toString(), () -> k.activations().activate(g, a, y), y);
            add(
                    "activations.activationGradient",
                    g.toString(),
                    () -> k.activations().activationGradient(g, a, b, own, y),
                    y);
            add(
                    "activations.activationGradient",
                    g + " in place",
                    () -> k.activations().activationGradient(g, a, b, dy, dy),
                    dy);
        }
    }

    private void learnedAndGated() {
        Tensor z = batch();
        Tensor dy = batch();
        Tensor y = batch();
        Tensor own = batch();
        for (int slopes : columns == 1 ? new int[] {1} : new int[] {1, columns}) {
            Tensor a = tensor(slopes);
            add("activations.prelu", slopes + " slopes", () -> k.activations().prelu(z, a, y), y);
            add(
                    "activations.preluGradient",
                    slopes + " slopes",
                    () -> k.activations().preluGradient(z, a, dy, y),
                    y);
            add(
                    "activations.preluGradient",
                    slopes + " slopes, in place",
                    () -> k.activations().preluGradient(z, a, own, own),
                    own);
        }
        add("activations.multiplyBelowZero", "", () -> k.activations().multiplyBelowZero(z, dy, y), y);
        Tensor x = tensor(rows, 2 * columns);
        Tensor dx = tensor(rows, 2 * columns);
        for (int block : columns == 1 ? new int[] {2} : new int[] {2, 2 * columns}) {
            add("activations.glu", "blocks of " + block, () -> k.activations().glu(x, block, y), y);
            add(
                    "activations.gluGradient",
                    "blocks of " + block,
                    () -> k.activations().gluGradient(x, block, dy, dx),
                    dx);
        }
    }

    private Matrix matrix(int height, int width, boolean transposed) {
        return transposed
                ? tensor(width, height).matrix().transpose()
                : tensor(height, width).matrix();
    }

    private Matrices matrices(int height, int width, boolean transposed) {
        return transposed
                ? Matrices.of(tensor(SEVERAL, width, height)).transpose()
                : Matrices.of(tensor(SEVERAL, height, width));
    }

    private void products() {
        for (int which = 0; which < 8; which++) {
            Matrix a = matrix(rows, depth, (which & 1) != 0);
            Matrix b = matrix(depth, columns, (which & 2) != 0);
            Tensor c = (which & 4) != 0 ? tensor(columns, rows) : batch();
            Tensor sum = (which & 4) != 0 ? tensor(columns, rows) : batch();
            Matrix result = (which & 4) != 0 ? c.matrix().transpose() : c.matrix();
            Matrix total = (which & 4) != 0 ? sum.matrix().transpose() : sum.matrix();
            String how = ((which & 4) != 0 ? "Cᵀ = " : "C = ")
                    + ((which & 1) != 0 ? "Aᵀ" : "A")
                    + ((which & 2) != 0 ? "·Bᵀ" : "·B");
            Matrices left = matrices(rows, depth, (which & 1) != 0);
            Matrices right = matrices(depth, columns, (which & 2) != 0);
            Tensor all = (which & 4) != 0 ? tensor(SEVERAL, columns, rows) : tensor(SEVERAL, rows, columns);
            Matrices results = (which & 4) != 0 ? Matrices.of(all).transpose() : Matrices.of(all);
            add("product", how, () -> k.product(a, b, result), c);
            add("products", how, () -> k.products(left, right, results), all);
            add("addProduct", how, () -> k.addProduct(a, b, total), sum);
        }
    }

    private void dense() {
        Tensor none = Tensor.EMPTY;
        Tensor x = tensor(rows, depth);
        Tensor values = tensor(columns, depth);
        Tensor bias = tensor(columns);
        Tensor residual = batch();
        for (boolean constant : new boolean[] {false, true}) {
            PackedWeights w = constant ? PackedWeights.constant(values) : PackedWeights.changing(values);
            for (Elementwise g : FUNCTIONS) {
                Tensor y = batch();
                String how = g + (constant ? ", constant" : ", changing");
                add("dense", how, () -> k.dense(x, w, bias, g, y), y);
                add("dense", how + ", residual", () -> k.dense(x, w, bias, residual, g, y), y);
            }
            Tensor y = batch();
            add(
                    "dense",
                    "no bias" + (constant ? ", constant" : ", changing"),
                    () -> {
                        k.dense(x, w, none, Activation.IDENTITY, y);
                    },
                    y);
        }
    }

    private void encoded() {
        Tensor values = tensor(columns, depth);
        Tensor ids = tensor(rows, 2);
        for (int i = 0; i < ids.size(); i++) ids.array()[i] = (7 * i + 3) % columns;
        for (BlockFormat format : BlockFormat.values()) {
            int n = EncodedSamples.columns(format, depth);
            PackedWeights w = PackedWeights.encoded(
                    format.isEncodable()
                            ? EncodedMatrix.of(format, values)
                            : EncodedSamples.of(format, columns, n, format.ordinal()));
            Tensor x = tensor(rows, n);
            Tensor y = batch();
            Tensor vectors = tensor(rows, 2, n);
            Tensor bias = tensor(columns);
            add("dense", format.name(), () -> k.dense(x, w, bias, Activation.RELU, y), y);
            add("gather", format.name(), () -> k.gather(w, ids, vectors), vectors);
        }
        byte[] codes = new byte[(rows + columns) * depth];
        for (int i = 0; i < codes.length; i++) codes[i] = (byte) (i * 77 + i / 5);
        byte[] ofW = Arrays.copyOf(codes, columns * depth);
        float[] scales = numbers(columns);
        int[] zeros = new int[columns];
        for (int i = 0; i < columns; i++) zeros[i] = i % 7 - 3;
        for (boolean asymmetric : new boolean[] {false, true}) {
            var w = QuantizedMatrix.int8(columns, depth, ofW, scales, asymmetric ? zeros : new int[0]);
            var x = new QuantizedRows(codes, ofW.length, rows, depth, asymmetric, asymmetric ? 131 : 0, 0.3f);
            String how = asymmetric ? "codes with zero points" : "codes";
            Tensor bias = tensor(columns);
            Tensor y = batch();
            Tensor sums = batch();
            int[] whole = new int[rows * columns];
            add("dense", how, () -> k.dense(x, w, bias, sums, Activation.TANH, y), y);
            Code products = () -> {
                k.products(x, w, whole, 0);
                return Arrays.hashCode(whole);
            };
            all.add(new Case("products", how, products, List.of()));
        }
    }

    private void table() {
        Tensor table = tensor(depth, columns);
        Tensor ids = tensor(rows, 2);
        for (int i = 0; i < ids.size(); i++) ids.array()[i] = (7 * i + 3) % depth;
        Tensor y = tensor(rows, 2, columns);
        Tensor sums = tensor(depth, columns);
        add("gather", "", () -> k.gather(table, ids, y), y);
        add("scatterAdd", "", () -> k.scatterAdd(ids, y, sums), sums);
    }

    /// A tensor of numbers that are not large, for what is computed over and over.
    private Tensor small(int... extents) {
        Tensor x = tensor(extents);
        for (int i = 0; i < x.size(); i++) x.array()[i] *= 0.1f;
        return x;
    }

    /// Sequences of up to three steps, with as many units as the batch has columns, but at most 40.
    /// @param lengths of the first rows, the others have three steps; none for whole sequences
    private void recurrent(float[] lengths) {
        RecurrentKernels r = k.recurrent();
        int steps = 3;
        int units = Math.min(columns, 40);
        Tensor none = Tensor.EMPTY;
        Tensor ofRows = lengths.length == 0 ? none : tensor(rows);
        for (int i = 0; i < ofRows.size(); i++) ofRows.array()[i] = i < lengths.length ? lengths[i] : steps;
        Tensor h0 = small(rows, units);
        Tensor c0 = small(rows, units);
        Tensor before = small(rows, steps, units);
        Tensor y = small(rows, steps, units);
        Tensor cells = small(rows, steps, units);
        Tensor hn = small(rows, units);
        Tensor cn = small(rows, units);
        Tensor bias = small(units);
        for (boolean reversed : new boolean[] {false, true}) {
            String how = (reversed ? "reversed, masked" : "forwards") + (lengths.length > 0 ? ", padded" : "");
            Tensor one = small(rows, steps, units);
            Tensor three = small(rows, steps, 3 * units);
            Tensor four = small(rows, steps, 4 * units);
            PackedWeights w1 = PackedWeights.changing(small(units, units));
            PackedWeights w3 = PackedWeights.changing(small(3 * units, units));
            PackedWeights w4 = PackedWeights.constant(small(4 * units, units));
            Activation.Elementwise g = Activation.TANH;
            Tensor mask = reversed ? small(rows, units) : none;
            var of1 = new RecurrentKernels.Steps(one, w1, ofRows, reversed, h0, before, y, hn, mask);
            var of3 = new RecurrentKernels.Steps(three, w3, ofRows, reversed, h0, before, y, hn, mask);
            var of4 = new RecurrentKernels.Steps(four, w4, ofRows, reversed, h0, before, y, hn, mask);
            var d = new RecurrentKernels.StateGradients(y, hn, cn);
            var ofLast = new RecurrentKernels.StateGradients(none, hn, cn);
            var ofAll = new RecurrentKernels.StateGradients(y, none, hn);
            var ofLstm = new RecurrentKernels.Cells(c0, cells, cn);
            add("recurrent.rnn", how, () -> r.rnn(g, of1), one, before, y, hn);
            add("recurrent.rnnGradient", how, () -> r.rnnGradient(g, of1, d), one, cn);
            add("recurrent.lstm", how, () -> r.lstm(of4, ofLstm), four, before, cells, y, hn, cn);
            add("recurrent.lstmGradient", how, () -> r.lstmGradient(of4, ofLstm, ofAll, none, cn), four, hn, cn);
            add("recurrent.gru", how, () -> r.gru(of3, bias, cells), three, before, cells, y, hn);
            add("recurrent.gruResetBefore", how, () -> r.gruResetBefore(of3, cells), three, before, cells, y, hn);
            add("recurrent.gruResetBeforeGradient", how, () -> r.gruResetBeforeGradient(of3, d), three, cn);
            add("recurrent.gruGradient", how, () -> r.gruGradient(of3, cells, ofLast), three, cells, cn);
        }
    }

    /// Each axis of a tensor of three.
    private void axes() {
        AxisKernels a = k.axes();
        for (int axis = 0; axis < 3; axis++) {
            int at = axis;
            Tensor x = tensor(rows, depth, columns);
            Tensor dx = tensor(rows, depth, columns);
            Tensor y = axis == 0 ? tensor(depth, columns) : axis == 1 ? tensor(rows, columns) : tensor(rows, depth);
            Tensor dy = tensor(y.shape().extent(0), y.shape().extent(1));
            for (AxisKernels.Reduction each : AxisKernels.Reduction.values()) {
                String how = each + " along axis " + axis;
                add("axes.reduce", how, () -> a.reduce(each, x, at, y), y);
                add("axes.reduceGradient", how, () -> a.reduceGradient(each, x, at, dy, dx), dx);
            }
            add("axes.broadcast", "along axis " + axis, () -> a.broadcast(dy, at, dx), dx);
        }
    }

    /// Sequences as long as a product is deep.
    private void sequences(boolean padded) {
        SequenceKernels s = k.sequences();
        Tensor lengths = padded ? tensor(rows) : Tensor.EMPTY;
        for (int i = 0; i < lengths.size(); i++) lengths.array()[i] = 1 + 3 * i % depth;
        Tensor x = tensor(rows, depth, columns);
        Tensor dx = tensor(rows, depth, columns);
        Tensor y = tensor(rows, columns);
        Tensor dy = tensor(rows, columns);
        for (SequenceKernels.Summary each : SequenceKernels.Summary.values()) {
            String how = each + (padded ? ", padded" : "");
            add("sequences.summarize", how, () -> s.summarize(each, x, lengths, y), y);
            add("sequences.summarizeGradient", how, () -> s.summarizeGradient(each, x, lengths, dy, dx), dx);
        }
        add("sequences.clearPadding", "" + padded, () -> s.clearPadding(x, 1, depth, lengths, dx), dx);
        List<Integer> last = List.of(columns - 1);
        add("sequences.relativeToLast", "" + padded, () -> s.relativeToLast(x, last, dx), dx);
        add("sequences.relativeToLastGradient", "" + padded, () -> s.relativeToLastGradient(x, last, dx), dx);
        add("sequences.addLast", "" + padded, () -> s.addLast(dy, x, last, y), y);
        add("sequences.addLastGradient", "" + padded, () -> s.addLastGradient(dy, last, dx), dx);
    }

    /// Sequences as long as a product is deep; several blocks of queries and keys, if that is long.
    private void attention(int heads, int keyHeads, boolean causal) {
        AttentionKernels a = k.attention();
        int size = Math.min(columns, 17);
        int time = Math.min(depth, 210);
        Tensor x = tensor(2, time, (heads + 2 * keyHeads) * size);
        Tensor dx = tensor(2, time, (heads + 2 * keyHeads) * size);
        var q = new AttentionKernels.Heads(x, 0, heads, size);
        var keys = new AttentionKernels.Heads(x, heads * size, keyHeads, size);
        var values = new AttentionKernels.Heads(x, (heads + keyHeads) * size, keyHeads, size);
        Tensor y = tensor(2, time, heads * size);
        Tensor dy = tensor(2, time, heads * size);
        Tensor sums = tensor(2, heads, time);
        Tensor slopes = Tensor.view(Shape.of(heads), new float[] {0.5f, 0.25f, 0.125f, 0.0625f}, 0);
        Tensor scores = tensor(2, heads, time, time);
        for (int i = 0; i < scores.size(); i += 3) scores.array()[i] = Float.NEGATIVE_INFINITY;
        AttentionKernels.Masking all = AttentionKernels.Masking.of(causal, Tensor.EMPTY);
        AttentionKernels.Masking some = AttentionKernels.Masking.of(causal, Tensor.of(Shape.of(2), time, 1));
        attention(a, "", heads, q, keys, values, all, y, sums, dy, dx);
        attention(a, ", padded, ALiBi", heads, q, keys, values, some.withSlopes(slopes), y, sums, dy, dx);
        var all2 = all.withAdded(scores).withDropout(0.3, new Noise(5, 1));
        attention(a, ", added, dropout", heads, q, keys, values, all2, y, sums, dy, dx);
        var kept = new AttentionKernels.Heads(tensor(2, time, keyHeads * ((size + 1) / 2)), 0, keyHeads, size, true);
        var keptValues = kept.in(tensor(2, time, kept.width()));
        add(
                "attention.attention",
                heads + " heads" + (causal ? ", causal" : "") + ", halves",
                () -> {
                    k.positions().store(keys, Tensor.EMPTY, Tensor.EMPTY, kept);
                    k.positions().store(values, Tensor.EMPTY, Tensor.EMPTY, keptValues);
                    a.attention(q, kept, keptValues, all, y, Tensor.EMPTY);
                },
                y);
        if (!causal) return;
        var window = all.withWindow(Math.max(1, time / 3)).withScaling(new AttentionKernels.Scaling(0.3, 2));
        attention(a, ", window, cap", heads, q, keys, values, window, y, sums, dy, dx);
    }

    private void attention(
            AttentionKernels a,
            String how,
            int heads,
            AttentionKernels.Heads q,
            AttentionKernels.Heads keys,
            AttentionKernels.Heads values,
            AttentionKernels.Masking masking,
            Tensor y,
            Tensor sums,
            Tensor dy,
            Tensor dx) {
        String name = heads + " heads" + (masking.causal() ? ", causal" : "") + how;
        add("attention.attention", name, () -> a.attention(q, keys, values, masking, y, sums), y, sums);
        add(
                "attention.attentionGradient",
                name,
                () -> a.attentionGradient(q, keys, values, masking, y, sums, dy, dx, dx, dx),
                dx);
    }

    private void positions() {
        PositionKernels p = k.positions();
        int size = 2 * Math.min(columns, 17);
        int time = Math.min(depth, 210);
        Tensor x = tensor(2, time, 2 * size);
        Tensor y = tensor(2, time, 2 * size);
        Tensor table = tensor(time + 5, 2 * size);
        Tensor past = Tensor.of(Shape.of(2), 5, 0);
        Tensor lengths = Tensor.of(Shape.of(2), 1, time);
        var heads = new AttentionKernels.Heads(x, 0, 2, size);
        for (boolean interleaved : new boolean[] {false, true}) {
            var rotation = PositionKernels.Rotation.of(10_000, size, interleaved);
            add(
                    "positions.rotate",
                    interleaved ? "interleaved" : "halves",
                    () -> p.rotate(heads, rotation, past, interleaved),
                    x);
        }
        add("positions.addSinusoids", "", () -> p.addSinusoids(x, 10_000, past, y), y);
        add("positions.addRows", "", () -> p.addRows(x, table, past, lengths, y), y);
        Tensor all = tensor(2, time + 5, size);
        var stored = new AttentionKernels.Heads(x, size, 1, size);
        var floats = new AttentionKernels.Heads(all, 0, 1, size);
        add("positions.store", "", () -> p.store(stored, past, lengths, floats), all);
        Tensor pairs = tensor(2, time + 5, (size + 1) / 2);
        var halves = new AttentionKernels.Heads(pairs, 0, 1, size, true);
        add("positions.store", "halves", () -> p.store(stored, past, lengths, halves), pairs);
    }

    private void columns() {
        Tensor x = batch();
        Tensor mean = tensor(columns);
        Tensor factor = tensor(columns);
        Tensor sums = tensor(columns);
        Tensor y = batch();
        add("columnSums", "", () -> k.columnSums(x, sums), sums);
        add("standardize", "", () -> k.standardize(x, mean, factor, y), y);
        add("shiftColumns", "", () -> k.shiftColumns(x, mean, y), y);
        add("scaleColumns", "", () -> k.scaleColumns(x, factor, y), y);
        Tensor channels = x.reshape(Shape.of(x.rows(), 1, columns));
        Tensor result = tensor(x.rows(), 1, columns);
        Tensor one = tensor(1);
        add("standardizeChannels", "", () -> k.standardizeChannels(channels, one, one, result), result);
        add("scaleChannels", "", () -> k.scaleChannels(channels, one, result), result);
    }

    private void rows() {
        Tensor z = batch();
        Tensor dy = batch();
        Tensor y = batch();
        Tensor dz = batch();
        add("activations.softmax", "", () -> k.activations().softmax(z, y), y);
        add("activations.softmaxGradient", "", () -> k.activations().softmaxGradient(z, dy, dz), dz);
        add("activations.logSoftmax", "", () -> k.activations().logSoftmax(z, y), y);
        add("activations.logSoftmaxGradient", "", () -> k.activations().logSoftmaxGradient(z, dy, dz), dz);
        Tensor sums = tensor(rows);
        add("rowSums", "", () -> k.rowSums(z, sums), sums);
    }

    private int[] labels(int classes) {
        var random = new KeyedRandom(seed++);
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = random.below(classes);
        return labels;
    }

    private void losses() {
        Tensor z = batch();
        Tensor t = batch();
        for (int i = 0; i < t.size(); i++) t.array()[i] = Math.abs(t.array()[i]) / 3;
        Tensor losses = tensor(rows);
        Tensor delta = batch();
        Tensor answers = batch();
        int[] labels = labels(columns);
        int[] either = labels(Math.max(2, columns));
        add(
                "losses.softmaxCrossEntropy",
                "labels",
                () -> k.losses().softmaxCrossEntropy(z, labels, losses, delta),
                losses,
                delta);
        add(
                "losses.softmaxCrossEntropy",
                "targets",
                () -> k.losses().softmaxCrossEntropy(z, t, losses, delta),
                losses,
                delta);
        add("losses.sigmoidCrossEntropy", "", () -> k.losses().sigmoidCrossEntropy(z, t, losses, delta), losses, delta);
        add("losses.squaredError", "", () -> k.losses().squaredError(z, t, losses, delta), losses, delta);
        var ratio = new Ratio();
        add("losses.pointwiseLoss", "", () -> k.losses().pointwiseLoss(ratio, z, t, losses, delta), losses, delta);
        add("losses.rowLoss", "", () -> k.losses().rowLoss(EveryKernel::squares, z, t, losses, delta), losses, delta);
        add("losses.oneHot", "", () -> k.losses().oneHot(either, answers), answers);
    }

    /// (y − t)² / 2 of each, over 1 + t².
    private record Ratio() implements Pointwise {
        @Override
        public float value(float y, float t) {
            return 0.5f * (y - t) * (y - t) / (1 + t * t);
        }

        @Override
        public float slope(float y, float t) {
            return (y - t) / (1 + t * t);
        }
    }

    private static float squares(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        float sum = 0;
        for (int j = 0; j < n; j++) {
            delta[at + j] = y[yo + j] * t[to + j];
            sum += 0.5f * y[yo + j] * delta[at + j];
        }
        return sum;
    }

    private void rowWeights() {
        Tensor weights = tensor(rows);
        Tensor classWeights = tensor(columns);
        Tensor none = Tensor.EMPTY;
        Tensor t = batch();
        Tensor q = batch();
        Tensor weighted = batch();
        Tensor scaled = batch();
        int[] labels = labels(columns);
        labels[0] = -1;
        add("losses.applyWeights", "rows", () -> k.losses().applyWeights(1.25f, weights, weighted), weighted);
        add("losses.applyWeights", "all", () -> k.losses().applyWeights(-1, none, scaled), scaled);
        add("losses.smooth", "targets", () -> k.losses().smooth(0.1f, classWeights, t, q), q);
        add("losses.smooth", "targets in place", () -> k.losses().smooth(0, none, t, t), t);
        add("losses.smooth", "labels", () -> k.losses().smooth(0.1f, classWeights, labels, -1, q), q);
        add("losses.smooth", "labels without weights", () -> k.losses().smooth(0.1f, none, labels, -1, q), q);
    }

    private void answers() {
        Tensor x = batch();
        Tensor infinite = batch();
        infinite.array()[infinite.size() - 1] = Float.POSITIVE_INFINITY;
        List<float[]> nothing = List.of();
        all.add(new Case("sum", "", () -> k.sum(x), nothing));
        all.add(new Case("argMax", "", () -> argMaxes(x), nothing));
        all.add(new Case("isFinite", "finite", () -> k.isFinite(x) ? 1 : 0, nothing));
        all.add(new Case("isFinite", "infinite", () -> k.isFinite(infinite) ? 1 : 0, nothing));
        all.add(new Case(
                "isFinite", "range", () -> k.isFinite(infinite.array(), 0, infinite.size() - 1) ? 1 : 0, nothing));
    }

    private double argMaxes(Tensor x) {
        double places = 0;
        for (int row = 0; row < rows; row++) places = (3 * places + k.argMax(x, row)) % 1e9;
        return places;
    }

    private void distributions() {
        double[] figures = new double[Distributions.FIGURES];
        int[] counts = new int[13];
        for (boolean finite : new boolean[] {true, false}) {
            Tensor x = batch();
            if (!finite) {
                x.array()[x.size() / 2] = Float.NaN;
                x.array()[x.size() - 1] = Float.NEGATIVE_INFINITY;
            }
            Tensor pieces = Tensor.zeros(Shape.of(4 * figures.length)); // of 16 bits
            Tensor counted = Tensor.zeros(Shape.of(counts.length));
            String detail = finite ? "finite" : "not all finite";
            add(
                    "distributions.figures",
                    detail,
                    () -> {
                        k.distributions().figures(0.7f, x, figures);
                        for (int i = 0; i < pieces.size(); i++) {
                            long bits = Double.doubleToLongBits(figures[i / 4]);
                            pieces.array()[i] = bits >>> (16 * (i % 4)) & 0xffff;
                        }
                    },
                    pieces);
            add(
                    "distributions.histogram",
                    detail,
                    () -> {
                        k.distributions().histogram(0.7f, x, -1.5, 1.25, counts);
                        for (int i = 0; i < counts.length; i++) counted.array()[i] = counts[i];
                    },
                    counted);
            Tensor some = batch(); // columns 0 and 1, and what is at the end, are not 0
            Arrays.fill(some.array(), Math.min(2, some.size()), some.size(), finite ? 0 : -0f);
            if (!finite) some.array()[some.size() - 1] = Float.NaN;
            all.add(new Case(
                    "distributions.zeroColumns", detail, () -> k.distributions().zeroColumns(0.7f, some), List.of()));
        }
    }

    private void updates() {
        int n = rows * columns;
        int from = Math.min(3, n);
        Tensor theta = batch();
        Tensor velocity = batch();
        float[] t = theta.array();
        float[] v = velocity.array();
        float[] gradient = numbers(n);
        float[] other = numbers(n);
        Update momentum = (start, end) -> {
            for (int i = start; i < end; i++) {
                v[i] = Math.fma(0.9f, v[i], gradient[i]);
                t[i] = Math.fma(-0.01f, v[i], t[i]);
            }
        };
        float[][] memory = {v};
        all.add(new Case("sumOfSquares", "", () -> k.sumOfSquares(gradient, from, n), List.of()));
        all.add(new Case("dot", "", () -> k.dot(gradient, other, from, n), List.of()));
        Tensor bounded = batch();
        add("boundRowNorms", "", () -> k.boundRowNorms(bounded, 0.5, 1.5), bounded);
        add("share", "", () -> k.share(n, 1000, (start, end) -> {}));
        add("update", "momentum", () -> k.update(from, n, momentum, memory), theta, velocity);
    }

    private void norms() {
        Norms norms = k.norms();
        boolean small = rows * columns < 1000; // C1 makes slow calls of vectors, which large ones would wait for
        for (int plane : small ? new int[] {1, 3, 37, 259} : new int[] {1, 3}) {
            for (boolean affine : small ? new boolean[] {true, false} : new boolean[] {true}) {
                Tensor x = tensor(rows, columns, plane);
                Tensor y = tensor(rows, columns, plane);
                Tensor dx = tensor(rows, columns, plane);
                Tensor mean = tensor(columns);
                Tensor variance = tensor(columns);
                Tensor factor = tensor(columns);
                Tensor w = affine ? tensor(columns) : tensor(0);
                Tensor b = affine ? tensor(columns) : tensor(0);
                Tensor dw = tensor(columns);
                Tensor db = tensor(columns);
                Tensor none = tensor(0);
                Tensor r = affine ? none : tensor(rows, columns, plane);
                Elementwise g = affine ? Activation.RELU : Activation.IDENTITY;
                String of = "of " + plane + (affine ? "" : " without weights");
                add("norms.channelStatistics", of, () -> norms.channelStatistics(x, mean, variance), mean, variance);
                add("norms.factors", of, () -> norms.factors(variance, 1e-3, factor), factor);
                add("norms.normalizeChannels", of, () -> norms.normalizeChannels(x, mean, factor, w, b, none, g, y), y);
                Tensor dy = tensor(rows, columns, plane);
                add("norms.channelSums", of, () -> norms.channelSums(x, mean, factor, dy, dw, db), dw, db);
                add("norms.channelGradient", of, () -> norms.channelGradient(x, mean, factor, w, dy, dw, db, dx), dx);
                Tensor z = tensor(rows, columns, plane);
                add(
                        "norms.normalizeBatch",
                        of,
                        () -> norms.normalizeBatch(x, 1e-3, w, b, r, g, mean, variance, factor, y),
                        mean,
                        variance,
                        factor,
                        y);
                add(
                        "norms.batchGradient",
                        of,
                        () -> norms.batchGradient(x, mean, factor, w, g, z, z, dy, dw, db, dx),
                        dy,
                        dw,
                        db,
                        dx);
                add("norms.scaleChannels", of, () -> norms.scaleChannels(x, factor, w, y), y);
                if (plane > 1) spans(plane, plane, affine, of + ", channels");
                spans(plane, columns * plane, affine, of + ", rows");
            }
        }
    }

    /// Channels in blocks, as many as half of the columns or some more.
    private void blockNorms(int height, int width) {
        Norms norms = k.norms();
        int channels = Layout.BLOCK * Math.clamp(columns / 32, 1, 4);
        Shape shape = Shape.of(rows, channels, height, width);
        Tensor x = blocks(shape);
        Tensor r = blocks(shape);
        Tensor z = blocks(shape);
        Tensor y = blocks(shape);
        Tensor dx = blocks(shape);
        Tensor mean = tensor(channels);
        Tensor variance = tensor(channels);
        Tensor factor = tensor(channels);
        Tensor w = tensor(channels);
        Tensor b = tensor(channels);
        Tensor dw = tensor(channels);
        Tensor db = tensor(channels);
        Tensor none = tensor(0);
        String of = "of blocks " + height + "×" + width;
        add("norms.channelStatistics", of, () -> norms.channelStatistics(x, mean, variance), mean, variance);
        for (Elementwise g : List.of(Activation.IDENTITY, Activation.RELU, Activation.TANH)) {
            for (Tensor residual : List.of(none, r)) {
                String how = of + ", " + g + (residual.size() > 0 ? ", residual" : "");
                add(
                        "norms.normalizeChannels",
                        how,
                        () -> norms.normalizeChannels(x, mean, factor, w, b, residual, g, y),
                        y);
            }
            Tensor dy = blocks(shape);
            add(
                    "norms.normalizeBatch",
                    of + ", " + g,
                    () -> norms.normalizeBatch(x, 1e-3, w, b, r, g, mean, variance, factor, y),
                    mean,
                    variance,
                    factor,
                    y);
            add(
                    "norms.batchGradient",
                    of + ", " + g,
                    () -> norms.batchGradient(x, mean, factor, w, g, z, z, dy, dw, db, dx),
                    dy,
                    dw,
                    db,
                    dx);
        }
        add("norms.channelSums", of, () -> norms.channelSums(x, mean, factor, r, dw, db), dw, db);
        add("norms.channelGradient", of, () -> norms.channelGradient(x, mean, factor, w, r, dw, db, dx), dx);
        add("norms.scaleChannels", of, () -> norms.scaleChannels(x, factor, w, y), y);
        add("scaleChannels", of, () -> k.scaleChannels(x, factor, y), y);
        add("standardizeChannels", of, () -> k.standardizeChannels(x, mean, factor, y), y);
        add("channelSums", of, () -> k.channelSums(x, db), db);
    }

    private Tensor blocks(Shape shape) {
        return Tensor.view(shape, numbers(shape.size()), 0, Layout.BLOCKED);
    }

    private void spans(int plane, int span, boolean centered, String of) {
        Norms norms = k.norms();
        Tensor x = tensor(rows, columns, plane);
        Tensor y = tensor(rows, columns, plane);
        Tensor dy = tensor(rows, columns, plane);
        Tensor dx = tensor(rows, columns, plane);
        Tensor w = tensor(columns);
        Tensor b = centered ? tensor(columns) : tensor(0);
        Tensor none = tensor(0);
        Tensor mean = centered ? tensor(x.size() / span) : none;
        Tensor factor = tensor(x.size() / span);
        Tensor dw = tensor(columns);
        Tensor db = centered ? tensor(columns) : none;
        add(
                "norms.normalizeSpans",
                of,
                () -> norms.normalizeSpans(x, columns, plane, 1e-3, w, b, mean, factor, y),
                mean,
                factor,
                y);
        add("norms.spanSums", of, () -> norms.spanSums(x, columns, plane, mean, factor, dy, dw, db), dw, db);
        add("norms.spanGradient", of, () -> norms.spanGradient(x, columns, plane, w, mean, factor, dy, dx), dx);
        add(
                "norms.normalizeSpans",
                of + " alone",
                () -> norms.normalizeSpans(x, columns, plane, 1e-3, none, none, mean, factor, y),
                y);
        add(
                "norms.spanGradient",
                of + " alone",
                () -> norms.spanGradient(x, columns, plane, none, mean, factor, dy, dx),
                dx);
    }

    private void noise() {
        var noise = Noise.of(1, 2, 3, 4);
        Tensor x = batch();
        Tensor y = batch();
        Tensor own = batch();
        Tensor noisy = batch();
        Tensor images = tensor(rows, columns, 3);
        Tensor dropped = tensor(rows, columns, 3);
        add("noise.dropout", "", () -> k.noise().dropout(noise, 0.3, x, y), y);
        add("noise.dropout", "in place", () -> k.noise().dropout(noise, 0, own, own), own);
        add("noise.dropout", "shifted", () -> k.noise().dropout(noise, 0.6, 0.7, 0.2, -1.3, x, y), y);
        add("noise.channelDropout", "", () -> k.noise().channelDropout(noise, 0.5, images, dropped), dropped);
        add("noise.channelDropout", "of one number", () -> k.noise().channelDropout(noise, 0.5, x, y), y);
        add("noise.addNoise", "", () -> k.noise().addNoise(noise, 0.3, x, y), y);
        add("noise.addNoise", "in place", () -> k.noise().addNoise(noise, 0.3, noisy, noisy), noisy);
        add("noise.multiplyNoise", "", () -> k.noise().multiplyNoise(noise, 0.3, x, y), y);
    }
}
