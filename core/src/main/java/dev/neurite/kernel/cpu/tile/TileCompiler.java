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
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/// Generates the class of a [Tile]. What a person would write by hand, for 2 rows by 1 vector:
/// ```java
/// FloatVector c0 = fromArray(S, f, fo);
/// FloatVector c1 = fromArray(S, f, fo + fs);
/// for (int k = 0; k < kc; k++) {
///     int at = ro + kAt[k];
///     FloatVector v0 = fromArray(S, v, vo + k * DEPTH_STEP);
///     FloatVector t = broadcast(S, r[at]);
///     c0 = t.fma(v0, c0);
///     t = broadcast(S, r[at + ROW_STEP]);
///     c1 = t.fma(v0, c1);
/// }
/// NEGATIVE_ZERO.add(c0).intoArray(c, co);
/// NEGATIVE_ZERO.add(c1).intoArray(c, co + cs);
/// ```
/// Adding −0 changes no number. It is there because the JVM's compiler knows the class of a constant, but
/// not of a vector that a loop carries on: `c0.intoArray` may stay a virtual call, and then all sums are objects.
final class TileCompiler {
    /// The vectors of all tiles.
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /// Read by generated code.
    static final FloatVector NEGATIVE_ZERO = FloatVector.broadcast(SPECIES, -0f);

    private static final ClassDesc COMPILER =
            TileCompiler.class.describeConstable().orElseThrow();
    private static final ClassDesc TILE = Tile.class.describeConstable().orElseThrow();
    private static final ClassDesc VECTOR =
            FloatVector.class.describeConstable().orElseThrow();
    private static final ClassDesc ANY_VECTOR = Vector.class.describeConstable().orElseThrow();
    private static final ClassDesc ANY_SPECIES =
            VectorSpecies.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final ClassDesc INTS = CD_int.arrayType();

    private static final MethodTypeDesc FROM_ARRAY = MethodTypeDesc.of(VECTOR, ANY_SPECIES, FLOATS, CD_int);
    private static final MethodTypeDesc BROADCAST = MethodTypeDesc.of(VECTOR, ANY_SPECIES, CD_float);
    private static final MethodTypeDesc FMA = MethodTypeDesc.of(VECTOR, ANY_VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc ADD = MethodTypeDesc.of(VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc INTO_ARRAY = MethodTypeDesc.of(CD_void, FLOATS, CD_int);
    private static final MethodTypeDesc COMPUTE = MethodTypeDesc.of(
            CD_void, CD_int, FLOATS, CD_int, INTS, FLOATS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS,
            CD_int, CD_int, CD_int);

    // The slots of the arguments of compute, and of its local variables.
    private static final int KC = 1;
    private static final int R = 2;
    private static final int RO = 3;
    private static final int K_AT = 4;
    private static final int V = 5;
    private static final int VO = 6;
    private static final int VJ = 7;
    private static final int F = 8;
    private static final int FO = 9;
    private static final int FS = 10;
    private static final int FJ = 11;
    private static final int C = 12;
    private static final int CO = 13;
    private static final int CS = 14;
    private static final int CJ = 15;
    private static final int K = 16;
    private static final int AT = 17;
    private static final int T = 18;
    private static final int FIRST_VECTOR = 19;

    private final TileShape shape;
    private final CodeBuilder code;
    private final int lanes = SPECIES.length();
    private final int vectorsInBlock = Layout.BLOCK / lanes;
    private final int vectors;

    private TileCompiler(TileShape shape, CodeBuilder code) {
        this.shape = shape;
        this.code = code;
        vectors = shape.blocks() * vectorsInBlock;
    }

    /// A new tile of this shape.
    static Tile compile(TileShape shape) {
        ClassDesc name = ClassDesc.of(
                TileCompiler.class.getPackageName(),
                "Tile" + shape.rows() + "x" + shape.blocks() + "s" + shape.rowStep() + "d" + shape.depthStep());
        byte[] bytes = ClassFile.of()
                .build(
                        name,
                        type -> type.withFlags(ClassFile.ACC_FINAL)
                                .withInterfaceSymbols(TILE)
                                .withMethodBody(
                                        INIT_NAME,
                                        MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(ConstantDescs.CD_Object, INIT_NAME, MTD_void)
                                                .return_())
                                .withMethodBody(
                                        "compute",
                                        COMPUTE,
                                        ClassFile.ACC_PUBLIC,
                                        code -> new TileCompiler(shape, code).compute()));
        try {
            MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return (Tile) hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) { // of reflection: the class has just been written here
            throw new LinkageError("generated " + shape, e);
        }
    }

    private void compute() {
        eachSum((i, j) -> {
            if (i == 0 || shape.accumulates()) load(F, () -> index(FO, i, FS, j, FJ));
            else code.aload(sum(0, j));
            code.astore(sum(i, j));
        });
        Label begin = code.newLabel();
        Label end = code.newLabel();
        code.loadConstant(0).istore(K).labelBinding(begin).iload(K).iload(KC).if_icmpge(end);
        multiply();
        code.iinc(K, 1).goto_(begin).labelBinding(end);
        eachSum((i, j) -> {
            code.getstatic(COMPILER, "NEGATIVE_ZERO", VECTOR)
                    .aload(sum(i, j))
                    .invokevirtual(VECTOR, "add", ADD)
                    .aload(C);
            index(CO, i, CS, j, CJ);
            code.invokevirtual(VECTOR, "intoArray", INTO_ARRAY);
        });
        code.return_();
    }

    /// One step of the loop over k.
    private void multiply() {
        code.iload(RO).aload(K_AT).iload(K).iaload().iadd().istore(AT);
        for (int j = 0; j < vectors; j++) {
            int vector = j;
            load(V, () -> {
                code.iload(VO).iload(K).loadConstant(shape.depthStep()).imul().iadd();
                if (shape.inPanels()) plus(vector * lanes);
                else inBlock(vector, VJ);
            });
            code.astore(FIRST_VECTOR + j);
        }
        for (int i = 0; i < shape.rows(); i++) {
            code.getstatic(COMPILER, "SPECIES", ANY_SPECIES).aload(R).iload(AT);
            plus(i * shape.rowStep());
            code.faload().invokestatic(VECTOR, "broadcast", BROADCAST).astore(T);
            for (int j = 0; j < vectors; j++) {
                code.aload(T)
                        .aload(FIRST_VECTOR + j)
                        .aload(sum(i, j))
                        .invokevirtual(VECTOR, "fma", FMA)
                        .astore(sum(i, j));
            }
        }
    }

    private interface OfSum {
        void write(int row, int vector);
    }

    private void eachSum(OfSum part) {
        for (int i = 0; i < shape.rows(); i++) {
            for (int j = 0; j < vectors; j++) part.write(i, j);
        }
    }

    private int sum(int row, int vector) {
        return FIRST_VECTOR + vectors + row * vectors + vector;
    }

    private void load(int array, Runnable index) {
        code.getstatic(COMPILER, "SPECIES", ANY_SPECIES).aload(array);
        index.run();
        code.invokestatic(VECTOR, "fromArray", FROM_ARRAY);
    }

    /// Pushes `base + row * rowStep` and the place of the vector in its row.
    private void index(int base, int row, int rowStep, int vector, int blockStep) {
        code.iload(base);
        if (row > 0) code.loadConstant(row).iload(rowStep).imul().iadd();
        inBlock(vector, blockStep);
    }

    private void inBlock(int vector, int blockStep) {
        int block = vector / vectorsInBlock;
        if (block > 0) code.loadConstant(block).iload(blockStep).imul().iadd();
        plus(vector % vectorsInBlock * lanes);
    }

    private void plus(int constant) {
        if (constant > 0) code.loadConstant(constant).iadd();
    }
}
