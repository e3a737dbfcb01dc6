package dev.neurite.io;

import static dev.neurite.io.Pickles.dictionary;
import static dev.neurite.io.Pickles.file;
import static dev.neurite.io.Pickles.legacy;
import static dev.neurite.io.Pickles.part;
import static dev.neurite.io.Pickles.pickle;
import static dev.neurite.io.Pickles.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.golden.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pickles that would run code, ask for much memory or never end, and damaged files: each is refused with a message,
/// at once, in at most twice its size of memory and 16 MB.
@Timeout(120)
class HostilePicklesTest {
    private static final long FREE = 16 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    /// A file, and what its refusal must say.
    private static final class Attack {
        private final String name;
        private final String message;
        private final byte[] file;

        Attack(String name, String message, byte[] file) {
            this.name = name;
            this.message = message;
            this.file = file;
        }
    }

    private static Attack pickled(String name, String message, byte[] pickle) {
        return new Attack(name, message, file(pickle));
    }

    private static final String CODE = "of which only code could make something";

    /// What names or calls something.
    private static List<Attack> calls() {
        return List.of(
                pickled(
                        "os.system by REDUCE",
                        "got os.system, " + CODE,
                        pickle().global("os", "system")
                                .text("touch /tmp/x")
                                .raw(0x85)
                                .code("R")
                                .stop()),
                pickled(
                        "posix.system",
                        "got posix.system",
                        pickle().global("posix", "system").stop()),
                pickled(
                        "nt.system",
                        "got nt.system",
                        pickle().global("nt", "system").stop()),
                pickled(
                        "builtins.eval",
                        "got builtins.eval",
                        pickle().global("builtins", "eval").stop()),
                pickled(
                        "builtins.exec",
                        "got __builtin__.exec",
                        pickle().global("__builtin__", "exec").stop()),
                pickled(
                        "getattr",
                        "got builtins.getattr",
                        pickle().global("builtins", "getattr").stop()),
                pickled(
                        "subprocess",
                        "got subprocess.Popen",
                        pickle().global("subprocess", "Popen").stop()),
                pickled(
                        "runpy",
                        "got runpy._run_code",
                        pickle().global("runpy", "_run_code").stop()),
                pickled(
                        "torch.load",
                        "got torch.load",
                        pickle().global("torch", "load").stop()),
                pickled(
                        "torch.hub",
                        "got torch.hub.load",
                        pickle().global("torch.hub", "load").stop()),
                pickled(
                        "a module",
                        "got torch.nn.modules.linear.Linear",
                        pickle().global("torch.nn.modules.linear", "Linear").stop()),
                pickled(
                        "a class of Java",
                        "got java.lang.Runtime",
                        pickle().global("java.lang", "Runtime").stop()),
                pickled(
                        "numpy.load",
                        "got numpy.core.multiarray._reconstruct",
                        pickle().global("numpy.core.multiarray", "_reconstruct").stop()),
                pickled(
                        "a table's name with a dot",
                        "got collections.OrderedDict.fromkeys",
                        pickle().global("collections", "OrderedDict.fromkeys").stop()),
                pickled(
                        "a name in pieces",
                        "got torch._utils",
                        pickle().global("torch", "_utils _rebuild_tensor_v2").stop()),
                pickled(
                        "STACK_GLOBAL",
                        "got os.system",
                        pickle().text("os").text("system").raw(0x93).stop()),
                pickled(
                        "STACK_GLOBAL of numbers",
                        "a module and a name as texts",
                        pickle().whole(1).whole(2).raw(0x93).stop()),
                pickled(
                        "INST",
                        "an instruction 0x53",
                        pickle().code("(S'ls'\nios\nsystem\n").stop()),
                pickled(
                        "INST first",
                        "an object of a class",
                        pickle().code("(ios\nsystem\n").stop()),
                pickled(
                        "OBJ",
                        "an object of a class",
                        pickle().code("(")
                                .global("collections", "OrderedDict")
                                .code("o")
                                .stop()),
                pickled(
                        "NEWOBJ",
                        "an object of a class",
                        pickle().global("collections", "OrderedDict")
                                .code(")")
                                .raw(0x81)
                                .stop()),
                pickled(
                        "NEWOBJ_EX",
                        "an object of a class",
                        pickle().global("collections", "OrderedDict")
                                .code(")}")
                                .raw(0x92)
                                .stop()),
                pickled("EXT1", "an extension's object", pickle().raw(0x82, 1).stop()),
                pickled(
                        "EXT2",
                        "an extension's object",
                        pickle().raw(0x83, 1, 0).stop()),
                pickled(
                        "EXT4",
                        "an extension's object",
                        pickle().raw(0x84, 1, 0, 0, 0).stop()),
                pickled(
                        "BUILD with __setstate__",
                        "a list of 0 with a state of its own",
                        pickle().code("]}")
                                .text("__setstate__")
                                .whole(1)
                                .code("sb")
                                .stop()),
                pickled(
                        "BUILD of a global",
                        "collections.OrderedDict with a state",
                        pickle().global("collections", "OrderedDict").code("}b").stop()),
                pickled(
                        "BUILD of a tensor",
                        "a tensor with a state of its own",
                        dictionary(part().tensor("0", 8, 0, 2, 1).code("}b"))),
                pickled(
                        "BUILD with a tuple",
                        "a dictionary with a state",
                        pickle().code("}}}").raw(0x86).code("b").stop()),
                pickled(
                        "REDUCE of a text",
                        "a call of a known function",
                        pickle().text("os.system").code(")R").stop()),
                pickled(
                        "REDUCE of a type",
                        "got torch.FloatStorage",
                        pickle().global("torch", "FloatStorage").code(")R").stop()),
                pickled(
                        "REDUCE without a tuple",
                        "a call of a known function",
                        pickle().global("collections", "OrderedDict").code("]R").stop()),
                pickled(
                        "a pair that is none",
                        "pairs of a key and a value",
                        pickle().global("collections", "OrderedDict")
                                .code("]Na")
                                .raw(0x85)
                                .code("R")
                                .stop()));
    }

    /// References and tensors.
    private static List<Attack> tensors() {
        return List.of(
                pickled(
                        "a persistent id in text",
                        "a reference in text",
                        pickle().code("P123\n").stop()),
                pickled(
                        "a persistent id that is a number",
                        "a reference ('storage'",
                        pickle().whole(1).code("Q").stop()),
                pickled(
                        "a persistent id of another kind",
                        "a reference ('storage'",
                        pickle().code("(")
                                .text("module")
                                .global("torch", "FloatStorage")
                                .text("0")
                                .text("cpu")
                                .whole(1)
                                .code("tQ")
                                .stop()),
                pickled(
                        "a persistent id without a type",
                        "a type of storage, got torch.Size",
                        pickle().code("(")
                                .text("storage")
                                .global("torch", "Size")
                                .text("0")
                                .text("cpu")
                                .whole(1)
                                .code("tQ")
                                .stop()),
                pickled("a negative count", "a count from 0, got -1", dictionary(part().tensor("0", -1, 0, 1, 1))),
                pickled(
                        "a storage that is not there",
                        "a part 'x/data/7', got none",
                        dictionary(part().tensor("7", 8, 0, 1, 1))),
                pickled(
                        "a key with a path",
                        "a part 'x/data/../data.pkl', got none",
                        dictionary(part().tensor("../data.pkl", 8, 0, 1, 1))),
                pickled(
                        "a storage of another size",
                        "expects 28 bytes for 7 numbers, got 32",
                        dictionary(part().tensor("0", 7, 0, 1, 1))),
                pickled(
                        "a storage of a huge size",
                        "expects 8589934588 bytes",
                        dictionary(part().tensor("0", Integer.MAX_VALUE, 0, 1, 1))),
                pickled(
                        "a storage of two types",
                        "with one type and size, got two",
                        pickle().code("(")
                                .storage("FloatStorage", "0", 8)
                                .storage("LongStorage", "0", 4)
                                .code("t")
                                .stop()),
                pickled(
                        "beyond the storage",
                        "within its 8 numbers, got number 8",
                        dictionary(part().tensor("0", 8, 7, 2, 1))),
                pickled(
                        "a huge stride",
                        "got number 2147483647",
                        dictionary(part().tensor("0", 8, 0, 2, Integer.MAX_VALUE))),
                pickled("a negative offset", "from 0, got the number -1", dictionary(part().tensor("0", 8, -1, 2, 1))),
                pickled("a negative stride", "from 0, got the number -1", dictionary(part().tensor("0", 8, 3, 2, -1))),
                pickled("a negative extent", "from 0, got the number -2", dictionary(part().tensor("0", 8, 3, -2, 1))),
                pickled(
                        "one number a billion times",
                        "takes at most twice the size of the file",
                        dictionary(part().tensor("0", 8, 0, 1_000_000_000, 0))),
                pickled(
                        "too many axes",
                        "for each of at most 64 axes",
                        dictionary(part().global("torch._utils", "_rebuild_tensor_v2")
                                .code("(")
                                .storage("FloatStorage", "0", 8)
                                .whole(0)
                                .code("(")
                                .repeat("K\1", 100)
                                .code("t(")
                                .repeat("K\1", 100)
                                .code("t")
                                .raw(0x89)
                                .code("}tR"))),
                pickled(
                        "extents whose product overflows",
                        "of less than 2³¹ numbers",
                        dictionary(part().global("torch._utils", "_rebuild_tensor_v2")
                                .code("(")
                                .storage("FloatStorage", "0", 8)
                                .whole(0)
                                .code("(")
                                .whole(1 << 20)
                                .whole(1 << 20)
                                .code("tK\0K\0")
                                .raw(0x86, 0x89)
                                .code("}tR"))),
                pickled(
                        "a tensor of a text",
                        "another kind of argument 1",
                        dictionary(part().global("torch._utils", "_rebuild_tensor_v2")
                                .code("(")
                                .text("0")
                                .code("tR"))),
                pickled(
                        "a tensor without arguments",
                        "at least 1 arguments",
                        dictionary(part().global("torch._utils", "_rebuild_tensor_v2")
                                .code(")R"))),
                pickled(
                        "two tensors of one name",
                        "got 'a.b' twice",
                        pickle().code("}(")
                                .text("a")
                                .code("}")
                                .text("b")
                                .tensor("0", 8, 0, 1, 1)
                                .code("s")
                                .text("a.b")
                                .tensor("0", 8, 0, 1, 1)
                                .code("u")
                                .stop()));
    }

    /// Stacks, memos, counts and ends.
    private static List<Attack> machines() {
        return List.of(
                pickled("no instruction", "more bytes, got the end", new byte[0]),
                pickled(
                        "no end",
                        "more bytes, got the end",
                        Arrays.copyOf(pickle().code("}").stop(), 3)),
                pickled("nothing on the stack", "a value on the stack, got none", pickle().stop()),
                pickled(
                        "below a mark",
                        "a value on the stack, got none",
                        pickle().code("}(0").stop()),
                pickled(
                        "no mark",
                        "a mark on the stack, got none",
                        pickle().code("t").stop()),
                pickled(
                        "two values",
                        "one value at its end, got 2",
                        pickle().code("}}").stop()),
                pickled(
                        "an open mark",
                        "one value at its end",
                        pickle().code("(}").stop()),
                pickled(
                        "a million marks",
                        "at most 1000 open marks",
                        pickle().repeat("(", 1_000_000).stop()),
                pickled(
                        "ten million values",
                        "takes at most twice the size",
                        pickle().repeat("}", 10_000_000).stop()),
                pickled(
                        "a stack of copies",
                        "takes at most twice the size",
                        pickle().code("}").repeat("2", 10_000_000).stop()),
                pickled(
                        "lists in lists",
                        "a dictionary of tensors by name, got a list of 1",
                        pickle().repeat("]", 100_000).repeat("a", 99_999).stop()),
                pickled(
                        "tuples in tuples",
                        "got a tuple of 1",
                        pickle().code("]").bytes(filled(0x85, 100_000)).stop()),
                pickled(
                        "a list in itself",
                        "got a list of 1",
                        pickle().code("]q\0h\0a").stop()),
                pickled(
                        "a dictionary in itself",
                        "one without tensors",
                        pickle().code("}q\0").text("a").code("h\0s").stop()),
                pickled(
                        "a dictionary in itself, with a tensor",
                        "at most 16 deep",
                        pickle().code("}q\0")
                                .text("a")
                                .code("h\0s")
                                .text("t")
                                .tensor("0", 8, 0, 1, 1)
                                .code("s")
                                .stop()),
                pickled("a tree of 2³⁰ dictionaries", "takes at most twice the size", tree()),
                pickled("a memo that grows", "takes at most twice the size", memo(400_000)),
                pickled(
                        "an unknown place of the memo",
                        "place 7 of the memo",
                        pickle().code("h\7").stop()),
                pickled(
                        "a far place of the memo",
                        "place 4294967295 of the memo",
                        pickle().code("}j").int32(-1).stop()),
                pickled("a list copied again and again", "takes at most twice the size", copies()),
                pickled(
                        "a text of 2⁶³ bytes",
                        "texts of at most 16777216 bytes",
                        pickle().raw(0x8d).int64(Long.MAX_VALUE).stop()),
                pickled(
                        "a text of −1 bytes",
                        "more bytes, got the end",
                        pickle().raw(0x8d).int64(-1).stop()),
                pickled(
                        "a text of 4 GB",
                        "texts of at most 16777216 bytes",
                        pickle().code("X").int32(-1).stop()),
                pickled(
                        "a text of 1 GB",
                        "texts of at most 16777216 bytes",
                        pickle().code("X").int32(1 << 30).stop()),
                pickled(
                        "a text that is not UTF-8",
                        "a text in UTF-8",
                        pickle().code("X").int32(2).raw(0xc3, 0x28).stop()),
                pickled(
                        "bytes of 4 GB",
                        "4294967295 more bytes",
                        pickle().code("B").int32(-1).stop()),
                pickled(
                        "a number of 2 GB",
                        "2147483647 more bytes",
                        pickle().raw(0x8b).int32(Integer.MAX_VALUE).stop()),
                pickled(
                        "a number of −1 bytes",
                        "more bytes, got the end",
                        pickle().raw(0x8b).int32(-1).stop()),
                pickled(
                        "a frame beyond the end",
                        "more bytes, got the end",
                        pickle().raw(0x95).int64(1 << 20).stop()),
                pickled(
                        "a name without an end",
                        "a name of at most 1000 bytes",
                        pickle().code("c").repeat("x", 5_000).stop()),
                pickled(
                        "a newer protocol",
                        "protocol 2 to 5, got 9",
                        pickle().raw(0x80, 9).stop()),
                pickled(
                        "an odd number of items",
                        "a value for each key, got 1",
                        pickle().code("}(Nu").stop()),
                pickled(
                        "items of a tuple",
                        "a list to add to, got a tuple",
                        pickle().code(")Na").stop()),
                pickled(
                        "entries of a list",
                        "a dictionary to add to",
                        pickle().code("]NNs").stop()),
                pickled(
                        "text instructions",
                        "an instruction 0x49",
                        pickle().code("I1\n").stop()),
                pickled(
                        "an unknown instruction",
                        "an instruction 0xff",
                        pickle().raw(0xff).stop()));
    }

    private static byte[] filled(int value, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /// Dictionaries that have the next one twice.
    private static byte[] tree() {
        Pickles program =
                pickle().code("}q\0").text("t").tensor("0", 8, 0, 1, 1).code("s");
        for (int i = 1; i < 15; i++) {
            program.code("0}").raw('q', i);
            for (int j = 0; j < 8; j++) program.text("n" + j).raw('h', i - 1).code("s");
        }
        return program.stop();
    }

    private static byte[] memo(int count) {
        Pickles program = pickle().code("}");
        for (int i = 0; i < count; i++) program.code("r").int32(i);
        return program.stop();
    }

    /// Many dictionaries of one list of pairs.
    private static byte[] copies() {
        Pickles program = pickle().code("]q\0(");
        for (int i = 0; i < 1_000; i++) program.text("k" + i).code("N").raw(0x86);
        program.code("e");
        for (int i = 0; i < 10_000; i++)
            program.global("collections", "OrderedDict").code("h\0").raw(0x85).code("R0");
        return program.code("0}").stop();
    }

    /// Archives, and the legacy form.
    private static List<Attack> files() throws IOException {
        byte[] good = file(dictionary(part().tensor("0", 8, 0, 8, 1)));
        byte[] damaged = good.clone();
        damaged[indexOf(good, "x/data/0") + 20] ^= 1; // a number
        byte[] encrypted = good.clone();
        encrypted[indexOf(good, "PK\1\2") + 8] |= 1;
        byte[] within = good.clone(); // the last part begins where the first does
        System.arraycopy(new byte[4], 0, within, lastIndexOf(good, "PK\1\2") + 42, 4);
        byte[] far = good.clone();
        System.arraycopy(filled(0x7f, 4), 0, far, lastIndexOf(good, "PK\1\2") + 42, 4);
        byte[] state = dictionary(part().tensor("0", 8, 0, 8, 1));
        byte[] keys = pickle().code("]").text("0").code("a").stop();
        return List.of(
                new Attack("an empty file", "got an empty file", new byte[0]),
                new Attack("PK alone", "a damaged zip archive", Pickles.ascii("PK\3\4")),
                new Attack(
                        "a zip cut short",
                        "a directory of its parts at the end",
                        Arrays.copyOf(good, good.length - 30)),
                new Attack(
                        "an empty archive",
                        "a zip archive without data.pkl",
                        Raw.join(Pickles.ascii("PK\5\6"), new byte[18])),
                new Attack(
                        "65,534 parts that are not there",
                        "a directory of its parts, got one that is not",
                        manyParts(good)),
                new Attack("a compressed bomb", "expects parts without compression", bomb()),
                new Attack("a flipped bit", "CRC-32", damaged),
                new Attack("an encrypted part", "not encrypted", encrypted),
                new Attack("a part in another", "got a place within or outside", within),
                new Attack("a part outside", "got a place within or outside", far),
                new Attack("two pickles", "expects one data.pkl", zip("x/data.pkl", state, "y/data.pkl", state)),
                new Attack(
                        "a byte order",
                        "got 'middle'",
                        zip("x/data.pkl", state, "x/byteorder", Pickles.ascii("middle"), "x/data/0", new byte[32])),
                new Attack(
                        "a program of TorchScript",
                        "a program of TorchScript",
                        zip("x/data.pkl", state, "x/constants.pkl", state)),
                new Attack(
                        "another pickle",
                        "got another pickle",
                        pickle().code("}").stop()),
                new Attack(
                        "a legacy file of another version",
                        "got another pickle",
                        Raw.join(
                                pickle().raw(0x8a, 9).bytes(new byte[9]).stop(),
                                pickle().whole(7).stop())),
                new Attack("a legacy file without numbers", "cut short", legacy(state, keys)),
                new Attack(
                        "a legacy count",
                        "expects 8 numbers of storage '0', got 9",
                        legacy(state, Raw.join(keys, Raw.length(9), new byte[64]))),
                new Attack(
                        "a legacy key that is unknown",
                        "the key of a storage once",
                        legacy(state, pickle().code("]").text("1").code("a").stop())),
                new Attack(
                        "a legacy key twice",
                        "the key of a storage once",
                        legacy(
                                state,
                                Raw.join(
                                        pickle().code("](")
                                                .text("0")
                                                .text("0")
                                                .code("e")
                                                .stop(),
                                        Raw.length(8),
                                        new byte[32]))),
                new Attack(
                        "a legacy file with more",
                        "expects to end after",
                        legacy(state, Raw.join(keys, Raw.length(8), new byte[33]))),
                new Attack(
                        "a legacy view outside",
                        "a part within storage '0'",
                        legacy(
                                dictionary(part().code("(")
                                        .text("storage")
                                        .global("torch", "FloatStorage")
                                        .text("0")
                                        .text("cpu")
                                        .whole(8)
                                        .code("(")
                                        .text("v")
                                        .whole(7)
                                        .whole(2)
                                        .code("ttQ")),
                                keys)));
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    }

    private static int lastIndexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).lastIndexOf(text);
    }

    private static byte[] manyParts(byte[] good) {
        byte[] file = good.clone();
        int end = lastIndexOf(good, "PK\5\6");
        file[end + 10] = (byte) 0xfe;
        file[end + 11] = (byte) 0xff;
        return file;
    }

    private static byte[] bomb() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("x/data.pkl"));
            for (int i = 0; i < 100; i++) zip.write(new byte[1 << 20]);
            zip.closeEntry();
        }
        return out.toByteArray();
    }

    @TestFactory
    List<DynamicTest> eachIsRefusedWithAMessageInLittleMemory() throws IOException {
        List<Attack> all = new ArrayList<>(calls());
        all.addAll(tensors());
        all.addAll(machines());
        all.addAll(files());
        assertThat(all).hasSizeGreaterThan(100);
        return all.stream()
                .map(attack -> DynamicTest.dynamicTest(attack.name, () -> refused(attack)))
                .toList();
    }

    private void refused(Attack attack) throws IOException {
        Path file = Files.write(folder.resolve("attack.pt"), attack.file);
        long before = allocated();
        long start = System.nanoTime();
        assertThatThrownBy(() -> PretrainedWeights.pytorch(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(attack.message);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        assertThat(allocated() - before).isLessThan(2L * attack.file.length + FREE);
    }

    /// All memory that this thread ever got, so that what was freed counts, too.
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void whatIsNotHostileIsReadFromFilesMadeByHand() throws IOException {
        byte[] state = dictionary(part().tensor("0", 8, 6, 2, 1));
        byte[] keys = pickle().code("]").text("0").code("a").stop();
        for (byte[] bytes : List.of(file(state), legacy(state, Raw.join(keys, Raw.length(8), new byte[32])))) {
            Path file = Files.write(folder.resolve("good.pt"), bytes);
            assertThat(PretrainedWeights.pytorch(file).tensors().get("a")).satisfies(a -> {
                assertThat(a.toArray()).containsExactly(0, 0);
            });
        }
        byte[] one = {0x3f, (byte) 0x80, 0, 0};
        Path big = Files.write(
                folder.resolve("big.pt"),
                zip(
                        "data.pkl",
                        dictionary(part().tensor("0", 1, 0, 1, 1)),
                        "byteorder",
                        Pickles.ascii("big"),
                        "data/0",
                        one));
        assertThat(PretrainedWeights.pytorch(big).tensors().get("a")).satisfies(a -> {
            assertThat(a.toArray()).containsExactly(1);
        });
    }

    @Test
    void mutatedFilesGiveOnlyTheReadersOwnExceptions() throws Exception {
        fuzz(1_500, 1);
    }

    @Test
    @Tag("thorough")
    @Timeout(1_800)
    void moreMutatedFilesGiveOnlyTheReadersOwnExceptions() throws Exception {
        fuzz(100_000, 2);
    }

    private void fuzz(int rounds, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of("types.pt", "types-legacy.pt", "types-protocol4.pt", "checkpoint.pt", "module.pt")) {
            seeds.add(Files.readAllBytes(Golden.path("pytorch/" + name)));
        }
        seeds.add(file(dictionary(part().tensor("0", 8, 0, 8, 1))));
        seeds.add(legacy(
                dictionary(part().tensor("0", 8, 0, 8, 1)),
                Raw.join(pickle().code("]").text("0").code("a").stop(), Raw.length(8), new byte[32])));
        Path file = folder.resolve("mutated.pt");
        int read = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] mutated = withoutChecksums(mutated(seeds.get(round % seeds.size()), random));
            Files.write(file, mutated);
            long before = allocated();
            if (reads(() -> PretrainedWeights.pytorch(file), "round " + round, mutated)) read++;
            assertThat(allocated() - before).as("round %d", round).isLessThan(2L * mutated.length + FREE);
        }
        assertThat(read).as("files that were still read").isBetween(rounds / 100, rounds * 9 / 10);
    }

    private static boolean reads(Callable<?> reading, String what, byte[] bytes) throws Exception {
        try {
            reading.call();
            return true;
        } catch (ModelFormatException | ConfigException | DataException refused) {
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError escaped) {
            return fail(what + ", " + HexFormat.of().formatHex(bytes), escaped);
        }
    }

    /// No checksums, which would stop most mutations at once: 0 means none.
    private static byte[] withoutChecksums(byte[] bytes) {
        for (int i = 0; i + 20 < bytes.length; i++) {
            if (bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2) {
                Arrays.fill(bytes, i + 16, i + 20, (byte) 0);
            }
        }
        return bytes;
    }

    private static byte[] mutated(byte[] source, SplittableRandom random) {
        byte[] bytes = source.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 8; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = random.nextInt(8) == 0 ? Arrays.copyOf(bytes, at) : bytes;
                case 3 -> {
                    int count = Math.min(bytes.length - at, 1 + random.nextInt(16));
                    System.arraycopy(bytes, random.nextInt(bytes.length - count + 1), bytes, at, count);
                }
                case 4 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), (byte) 0xff);
                default ->
                    bytes[at] = (byte)
                            "(.0]})}tRQbsuaeqrhjcXJKM\u0085\u0086\u0087\u0093\u008d\u008a".charAt(random.nextInt(30));
            }
        }
        return bytes;
    }
}
