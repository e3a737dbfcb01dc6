package dev.neurite.datasets.parquet;

/// What stands before a page.
/// @param kind 0 values, 1 index, 2 dictionary, 3 values in the second version
/// @param size of the page when unpacked, with the levels
/// @param packed bytes of the page
/// @param sum its CRC-32; −1 if it has none
/// @param levels bytes that say which values are missing, of the second version
/// @param repeats bytes that say which values repeat, of the second version
/// @param length its own bytes
record PageHeader(
        int kind,
        int size,
        int packed,
        long sum,
        int values,
        int encoding,
        int levelEncoding,
        int levels,
        int repeats,
        boolean compressed,
        int length) {
    static final int DATA = 0;
    static final int DICTIONARY = 2;
    static final int DATA_2 = 3;

    static PageHeader read(Bytes bytes) {
        var thrift = new Thrift(bytes);
        int start = bytes.at();
        var numbers = new int[16];
        var sum = new long[] {-1};
        var compressed = new boolean[] {true};
        int values = 4;
        int encoding = 5;
        int levelEncoding = 6;
        int levels = 7;
        int repeats = 8;
        numbers[levelEncoding] = 3;
        thrift.struct(field -> {
            switch (field) {
                case 1, 2, 3 -> numbers[field] = thrift.small();
                case 4 -> sum[0] = thrift.small() & 0xffff_ffffL;
                case 5, 7 ->
                    thrift.struct(each -> {
                        switch (each) {
                            case 1 -> numbers[values] = thrift.small();
                            case 2 -> numbers[encoding] = thrift.small();
                            case 3 -> {
                                if (field == 5) numbers[levelEncoding] = thrift.small();
                                else thrift.skip();
                            }
                            default -> thrift.skip();
                        }
                    });
                case 8 ->
                    thrift.struct(each -> {
                        switch (each) {
                            case 1 -> numbers[values] = thrift.small();
                            case 4 -> numbers[encoding] = thrift.small();
                            case 5 -> numbers[levels] = thrift.small();
                            case 6 -> numbers[repeats] = thrift.small();
                            case 7 -> compressed[0] = thrift.truth();
                            default -> thrift.skip();
                        }
                    });
                default -> thrift.skip();
            }
        });
        if (numbers[2] < 0 || numbers[3] < 0 || numbers[values] < 0 || numbers[levels] < 0 || numbers[repeats] < 0) {
            throw new Malformed("expects sizes of at least 0 before a page, got others");
        }
        return new PageHeader(
                numbers[1],
                numbers[2],
                numbers[3],
                sum[0],
                numbers[values],
                numbers[encoding],
                numbers[levelEncoding],
                numbers[levels],
                numbers[repeats],
                compressed[0],
                bytes.at() - start);
    }
}
