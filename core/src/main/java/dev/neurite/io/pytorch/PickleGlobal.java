package dev.neurite.io.pytorch;

import dev.neurite.tensor.NumberType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The classes and functions of Python that a pickle may name, the tensors' part of PyTorch's own list
/// (`torch/_weights_only_unpickler.py`). They are constants: nothing is looked up or called.
enum PickleGlobal implements PickleValue {
    ORDERED_DICT("collections OrderedDict"),
    COUNTER("collections Counter"),
    SET("__builtin__ set"),
    BUILTIN_SET("builtins set"),
    SIZE("torch Size"),
    DEVICE("torch device"),
    TENSOR("torch._utils _rebuild_tensor"),
    TENSOR_V2("torch._utils _rebuild_tensor_v2"),
    TENSOR_V3("torch._utils _rebuild_tensor_v3"),
    PARAMETER("torch._utils _rebuild_parameter"),
    PARAMETER_WITH_STATE("torch._utils _rebuild_parameter_with_state"),
    UNTYPED("torch.storage UntypedStorage", NumberType.U8, true),
    FLOATS("torch FloatStorage", NumberType.F32, true),
    DOUBLES("torch DoubleStorage", NumberType.F64, true),
    HALVES("torch HalfStorage", NumberType.F16, true),
    BFLOATS("torch BFloat16Storage", NumberType.BF16, true),
    LONGS("torch LongStorage", NumberType.I64, true),
    INTS("torch IntStorage", NumberType.I32, true),
    SHORTS("torch ShortStorage", NumberType.I16, true),
    CHARS("torch CharStorage", NumberType.I8, true),
    BYTES("torch ByteStorage", NumberType.U8, true),
    TRUTHS("torch BoolStorage", NumberType.BOOL, true),
    FLOAT32("torch float32", NumberType.F32, false),
    FLOAT64("torch float64", NumberType.F64, false),
    FLOAT16("torch float16", NumberType.F16, false),
    BFLOAT16("torch bfloat16", NumberType.BF16, false),
    FLOAT8_E4M3("torch float8_e4m3fn", NumberType.F8_E4M3, false),
    FLOAT8_E5M2("torch float8_e5m2", NumberType.F8_E5M2, false),
    INT64("torch int64", NumberType.I64, false),
    INT32("torch int32", NumberType.I32, false),
    INT16("torch int16", NumberType.I16, false),
    INT8("torch int8", NumberType.I8, false),
    UINT64("torch uint64", NumberType.U64, false),
    UINT32("torch uint32", NumberType.U32, false),
    UINT16("torch uint16", NumberType.U16, false),
    UINT8("torch uint8", NumberType.U8, false),
    BOOL("torch bool", NumberType.BOOL, false);

    private static final Map<String, PickleGlobal> BY_NAME = byName();

    private final String name;
    private final @Nullable NumberType type;
    private final boolean storage;

    PickleGlobal(String name) {
        this(name, null, false);
    }

    PickleGlobal(String name, @Nullable NumberType type, boolean storage) {
        this.name = name;
        this.type = type;
        this.storage = storage;
    }

    private static Map<String, PickleGlobal> byName() {
        Map<String, PickleGlobal> map = new HashMap<>();
        for (PickleGlobal each : values()) map.put(each.name, each);
        return Map.copyOf(map);
    }

    /// The constant of this module and name; null if it is not in the table.
    static @Nullable PickleGlobal of(String module, String name) {
        return BY_NAME.get(module + " " + name);
    }

    /// The type of the numbers of such a storage; null if this is none.
    @Nullable
    NumberType ofStorage() {
        return storage ? type : null;
    }

    /// The type that this names; null if this is none.
    @Nullable
    NumberType ofNumbers() {
        return storage ? null : type;
    }

    @Override
    public String kind() {
        return name.replace(' ', '.');
    }
}
