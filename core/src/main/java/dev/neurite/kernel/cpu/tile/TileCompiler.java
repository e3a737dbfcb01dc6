package dev.neurite.kernel.cpu.tile;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.neurite.tensor.Layout;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/// Generates the class of a tile. What a person would write by hand, for a [ProductTile] of 2 rows by 1 vector:
/// ```java
/// FloatVector c00 = fromArray(S, f, fo);
/// FloatVector c10 = fromArray(S, f, fo + fs);
/// for (int k = 0; k < kc; k++) {
///     int at = ro + k;
///     FloatVector v0 = fromArray(S, v, vo);
///     FloatVector t = broadcast(S, r[at]);
///     c00 = t.fma(v0, c00);
///     t = broadcast(S, r[at + rs]);
///     c10 = t.fma(v0, c10);
///     vo += vs;
/// }
/// NEGATIVE_ZERO.add(c00).intoArray(c, co);
/// NEGATIVE_ZERO.add(c10).intoArray(c, co + cs);
/// ```
/// With 16 registers a tile of 6×2 has one left for an element of R, but C2 loads all elements of a step at its
/// beginning, and keeps sums on the stack: one costs more than half the speed. `VarHandle.loadLoadFence`, which
/// is no instruction on x86, leaves loads where they are. Then several steps may follow each other in one turn
/// of the loop. Measured in L1 on a core of an AMD EPYC 7003 (AVX2, peak 100 GFLOP/s), before and with it:
/// packed 40 → 100, across 42 → 86, blocks of three taps 36 → 98, pixels 43 → 95. While another process uses
/// the same core's second thread, fewer instructions count twice: packed 72, in place without it 48. Rows in
/// place need no fence, as each waits for an address of its own; a fence costs them 90 → 43, and tiles one
/// vector wide 72 → 41.
///
/// Adding −0 changes no number. It is there because the JVM's compiler knows the class of a constant, but not of a
/// vector that a loop carries on: `c00.intoArray` may stay a virtual call, and then all sums are objects.
final class TileCompiler {
    /// How rows of R are found.
    enum Rows {
        /// Element (i, k) at `ro + i * rs + k`.
        IN_PLACE,
        /// At `ro + k * rs + i`.
        ACROSS,
        /// At `ro + k * rowDepth + i * rowStep`.
        REGULAR,
        /// At `ro + kAt[k] + i * rowStep`.
        BY_TABLE
    }

    /// How vectors of V are found.
    enum Columns {
        /// Vector j of row k at `vo + k * vs + j * L`.
        STRIDED,
        /// In panels as wide as `depthStep`: at `vo + k * depthStep + panel * vs + j * L`.
        PANELS,
        /// At `vo + k * depthStep + j * L`; in C and F, blocks of vectors are `cj` and `fj` apart. All rows
        /// start from the first row of F.
        BLOCKS,
        /// Blocks of vectors at `vo + k * depthStep + block * vj`, in C and F as for BLOCKS.
        PLANES,
        /// At `vo + kAt[k] + jAt[j]`.
        BY_TABLE
    }

    /// What a tile is generated for.
    /// @param type the interface of the tile
    /// @param rowStep the distance between neighboring rows of R, where it is a constant
    /// @param rowDepth the distance between neighboring k in R, where it is a constant
    /// @param taps the elements of R that a row has for each k, see [BlockTile]; else 1
    /// @param tapStep the distance between them
    /// @param depthStep the distance between neighboring k in V, where it is a constant
    /// @param run the neighboring k, of which the table for R has the first only: R's elements are neighbors, too
    record Shape(
            Class<?> type,
            int rows,
            int vectors,
            Rows ofRows,
            int rowStep,
            int rowDepth,
            int taps,
            int tapStep,
            Columns ofColumns,
            int depthStep,
            int run) {
        /// The steps of k in one turn of the loop, where loads are in order: fewer where C1 would give up.
        int steps() {
            int some = ofRows == Rows.BY_TABLE || inBlocks()
                    ? run
                    : ofColumns == Columns.BY_TABLE ? 2 : ofRows == Rows.REGULAR ? 4 : 1;
            int sums = rows * vectors;
            while (some > 1 && (some + 1) * taps * (vectors + rows + sums) + 2 * sums > MOST_OPERATIONS) some /= 2;
            return some;
        }

        boolean inBlocks() {
            return ofColumns == Columns.BLOCKS || ofColumns == Columns.PLANES;
        }
    }

    /// The vectors of all tiles; read by generated code, too.
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private static final int L = SPECIES.length();

    /// The most operations on vectors of a tile with several steps, the steps that are left over included: 124 pass the
    /// first compiler of the JVM, 149 do not.
    private static final int MOST_OPERATIONS = 124;

    private static final int VECTORS_IN_BLOCK = Math.max(1, Layout.BLOCK / L);

    private static final ClassDesc COMPILER =
            TileCompiler.class.describeConstable().orElseThrow();
    private static final ClassDesc TILES = Tiles.class.describeConstable().orElseThrow();
    private static final ClassDesc VECTOR =
            FloatVector.class.describeConstable().orElseThrow();
    private static final ClassDesc ANY_VECTOR = Vector.class.describeConstable().orElseThrow();
    private static final ClassDesc ANY_SPECIES =
            VectorSpecies.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final MethodTypeDesc FROM_ARRAY = MethodTypeDesc.of(VECTOR, ANY_SPECIES, FLOATS, CD_int);
    private static final MethodTypeDesc BROADCAST = MethodTypeDesc.of(VECTOR, ANY_SPECIES, CD_float);
    private static final MethodTypeDesc FMA = MethodTypeDesc.of(VECTOR, ANY_VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc ADD = MethodTypeDesc.of(VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc INTO_ARRAY = MethodTypeDesc.of(CD_void, FLOATS, CD_int);

    /// The names of the arguments of each interface, in their order.
    private static List<String> arguments(Class<?> type) {
        if (type == ProductTile.class) return List.of("kc r ro rs v vo vs f fo fs c co cs".split(" "));
        if (type == PlaneTile.class) return List.of("kc r ro v vo kAt jAt j f fo fs c co cs".split(" "));
        return List.of("kc r ro kAt v vo vj f fo fs fj c co cs cj".split(" "));
    }

    private final Shape shape;
    private final CodeBuilder code;
    private final List<String> arguments;
    private final int firstVector;
    private final int firstSum;
    private final boolean inOrder; // loads stay where they are
    private final int steps; // of k in one turn of the loop

    // what a tile uses of other classes; looking each use up by its name would take most of the generation
    private final FieldRefEntry species;
    private final FieldRefEntry negativeZero;
    private final MethodRefEntry fromArray;
    private final MethodRefEntry broadcast;
    private final MethodRefEntry fma;
    private final MethodRefEntry add;
    private final MethodRefEntry intoArray;
    private final MethodRefEntry fence;

    // the slots of local variables, after the arguments; those of the columns' indices follow
    private final int k;
    private final int at;
    private final int element;
    private final int columns;

    private int step; // after k, of those in one turn of the loop

    private TileCompiler(Shape shape, CodeBuilder code) {
        this.shape = shape;
        this.code = code;
        arguments = arguments(shape.type());
        ConstantPoolBuilder pool = code.constantPool();
        species = pool.fieldRefEntry(COMPILER, "SPECIES", ANY_SPECIES);
        negativeZero = pool.fieldRefEntry(TILES, "NEGATIVE_ZERO", VECTOR);
        fromArray = pool.methodRefEntry(VECTOR, "fromArray", FROM_ARRAY);
        broadcast = pool.methodRefEntry(VECTOR, "broadcast", BROADCAST);
        fma = pool.methodRefEntry(VECTOR, "fma", FMA);
        add = pool.methodRefEntry(VECTOR, "add", ADD);
        intoArray = pool.methodRefEntry(VECTOR, "intoArray", INTO_ARRAY);
        fence = pool.methodRefEntry(ConstantDescs.CD_VarHandle, "loadLoadFence", MTD_void);
        k = arguments.size() + 1;
        at = k + 1;
        element = at + 1;
        columns = element + 1;
        firstVector = columns + shape.vectors();
        firstSum = firstVector + shape.taps() * shape.vectors();
        inOrder = !Tiles.MANY_REGISTERS && shape.ofRows() != Rows.IN_PLACE && shape.vectors() > 1;
        steps = inOrder ? shape.steps() : 1;
    }

    static Object compile(Shape shape) {
        String name = shape.type().getSimpleName() + shape.rows() + "x" + shape.vectors() + shape.ofColumns();
        MethodType compute =
                MethodType.methodType(void.class, shape.type().getMethods()[0].getParameterTypes());
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of(TileCompiler.class.getPackageName(), name),
                        type -> type.withFlags(ClassFile.ACC_FINAL)
                                .withInterfaceSymbols(
                                        shape.type().describeConstable().orElseThrow())
                                .withMethodBody(
                                        INIT_NAME,
                                        MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(ConstantDescs.CD_Object, INIT_NAME, MTD_void)
                                                .return_())
                                .withMethodBody(
                                        "compute",
                                        compute.describeConstable().orElseThrow(),
                                        ClassFile.ACC_PUBLIC,
                                        code -> new TileCompiler(shape, code).compute()));
        try {
            MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) { // of reflection: the class has just been written here
            throw new LinkageError("generated " + shape, e);
        }
    }

    private void compute() {
        if (shape.ofColumns() == Columns.BY_TABLE) findColumns();
        eachSum((i, j) -> {
            if (i == 0 || shape.ofColumns() != Columns.BLOCKS) load("f", () -> index("fo", i, "fs", j, "fj"));
            else code.aload(sum(0, j));
            code.astore(sum(i, j));
        });
        code.loadConstant(0).istore(k);
        if (steps > 1) loop(steps);
        loop(1);
        eachSum((i, j) -> {
            code.getstatic(negativeZero).aload(sum(i, j)).invokevirtual(add).aload(slot("c"));
            index("co", i, "cs", j, "cj");
            code.invokevirtual(intoArray);
        });
        code.return_();
    }

    /// Finds the vectors of V. A tile of six has them in two groups of three neighbors.
    private void findColumns() {
        for (int j = 0; j < shape.vectors(); j += group()) {
            code.iload(slot("vo")).aload(slot("jAt")).iload(slot("j"));
            plus(j);
            code.iaload().iadd().istore(columns + j);
        }
    }

    private int group() {
        return shape.vectors() == 6 ? 3 : 1;
    }

    /// The loop over k, as long as so many steps are left.
    private void loop(int some) {
        Label begin = code.newLabel();
        Label end = code.newLabel();
        code.labelBinding(begin).iload(k);
        plus(some - 1);
        code.iload(slot("kc")).if_icmpge(end);
        for (step = 0; step < some; step++) multiply();
        step = 0;
        code.iinc(k, some).goto_(begin).labelBinding(end);
    }

    private void multiply() {
        if (inOrder || shape.taps() == 1) tapByTap();
        else placeByPlace();
        if (shape.ofColumns() == Columns.STRIDED) {
            code.iload(slot("vo")).iload(slot("vs")).iadd().istore(slot("vo"));
        }
    }

    private void tapByTap() {
        row();
        for (int tap = 0; tap < shape.taps(); tap++) {
            vectors(tap);
            for (int i = 0; i < shape.rows(); i++) {
                multiply(i, tap, i * shape.rowStep() + tap * shape.tapStep(), true);
                if (inOrder) code.invokestatic(fence);
            }
        }
    }

    /// In the order of R's elements, so that an element that several rows have as different taps is loaded once.
    private void placeByPlace() {
        for (int tap = 0; tap < shape.taps(); tap++) vectors(tap);
        row();
        int last = (shape.rows() - 1) * shape.rowStep() + (shape.taps() - 1) * shape.tapStep();
        for (int place = 0; place <= last; place++) {
            boolean first = true;
            for (int tap = shape.taps() - 1; tap >= 0; tap--) {
                int start = place - tap * shape.tapStep();
                if (start < 0 || start % shape.rowStep() != 0 || start / shape.rowStep() >= shape.rows()) continue;
                multiply(start / shape.rowStep(), tap, place, first);
                first = false;
            }
        }
    }

    /// Loads the vectors of V for a tap.
    private void vectors(int tap) {
        for (int j = tap * shape.vectors(); j < (tap + 1) * shape.vectors(); j++) {
            int vector = j;
            load("v", () -> column(vector));
            code.astore(firstVector + j);
        }
    }

    /// Multiplies an element of R by the vectors of a tap.
    /// @param place its distance from the first element
    /// @param first whether it has to be loaded
    private void multiply(int row, int tap, int place, boolean first) {
        if (first) {
            code.getstatic(species).aload(slot("r")).iload(at);
            if (shape.ofRows() != Rows.IN_PLACE) plus(place);
            else if (row > 0) code.loadConstant(row).iload(slot("rs")).imul().iadd();
            code.faload().invokestatic(broadcast).astore(element);
        }
        for (int j = 0; j < shape.vectors(); j++) {
            code.aload(element)
                    .aload(firstVector + tap * shape.vectors() + j)
                    .aload(sum(row, j))
                    .invokevirtual(fma)
                    .astore(sum(row, j));
        }
    }

    /// Stores the index of the first row of R.
    private void row() {
        if (step % shape.run() != 0) {
            code.iinc(at, 1);
            return;
        }
        code.iload(slot("ro"));
        switch (shape.ofRows()) {
            case IN_PLACE -> depth();
            case ACROSS -> {
                depth();
                code.iload(slot("rs")).imul();
            }
            case REGULAR -> {
                depth();
                code.loadConstant(shape.rowDepth()).imul();
            }
            case BY_TABLE -> ofTable();
        }
        code.iadd().istore(at);
    }

    /// Pushes the index of a vector of V.
    private void column(int j) {
        switch (shape.ofColumns()) {
            case BY_TABLE -> {
                ofTable();
                code.iload(columns + j / group() * group()).iadd();
                plus(j % group() * L);
            }
            case STRIDED -> {
                code.iload(slot("vo"));
                plus(j * L);
            }
            case BLOCKS -> {
                ofPanel();
                plus(j * L);
            }
            case PANELS -> {
                ofPanel();
                int wide = shape.depthStep() / L;
                if (j >= wide)
                    code.loadConstant(j / wide).iload(slot("vs")).imul().iadd();
                plus(j % wide * L);
            }
            case PLANES -> {
                ofPanel();
                inBlocks(j, "vj");
            }
        }
    }

    private void ofPanel() {
        code.iload(slot("vo"));
        depth();
        code.loadConstant(shape.depthStep()).imul().iadd();
    }

    private void ofTable() {
        code.aload(slot("kAt"));
        depth();
        code.iaload();
    }

    /// Pushes the current k.
    private void depth() {
        code.iload(k);
        plus(step);
    }

    private interface OfSum {
        void write(int row, int vector);
    }

    private void eachSum(OfSum part) {
        for (int i = 0; i < shape.rows(); i++) {
            for (int j = 0; j < shape.vectors(); j++) part.write(i, j);
        }
    }

    private int sum(int row, int vector) {
        return firstSum + row * shape.vectors() + vector;
    }

    private void load(String array, Runnable index) {
        code.getstatic(species).aload(slot(array));
        index.run();
        code.invokestatic(fromArray);
    }

    /// Pushes the index of a vector of C or F.
    private void index(String base, int row, String rowStep, int vector, String blockStep) {
        code.iload(slot(base));
        if (row > 0) code.loadConstant(row).iload(slot(rowStep)).imul().iadd();
        if (shape.inBlocks()) inBlocks(vector, blockStep);
        else plus(vector * L);
    }

    private void inBlocks(int vector, String blockStep) {
        int block = vector / VECTORS_IN_BLOCK;
        if (block > 0) code.loadConstant(block).iload(slot(blockStep)).imul().iadd();
        plus(vector % VECTORS_IN_BLOCK * L);
    }

    private void plus(int constant) {
        if (constant > 0) code.loadConstant(constant).iadd();
    }

    private int slot(String argument) {
        return 1 + arguments.indexOf(argument);
    }
}
