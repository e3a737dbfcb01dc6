package dev.neurite.datasets.parquet;

/// Decodes the values of a page one after the other: numbers, or ranges of bytes.
abstract class Values {
    /// The array, first byte and number of bytes of the value that [#nextBytes] has found.
    byte[] array = {};

    int from;
    int count;

    /// The next number: whole, 0 or 1 for a boolean, the bits of a float or double.
    long next() {
        throw new Malformed("expects an encoding of numbers, got one of bytes");
    }

    /// Finds the next value of a column of bytes.
    void nextBytes() {
        throw new Malformed("expects an encoding of bytes, got one of numbers");
    }

    /// Values as they are, numbers little-endian.
    static Values plain(ColumnType type, Bytes in) {
        return switch (type.physical()) {
            case BOOLEAN -> new RleBits(in, 1, true);
            case INT32 ->
                new Values() {
                    @Override
                    long next() {
                        return in.nextInt();
                    }
                };
            case FLOAT ->
                new Values() {
                    @Override
                    long next() {
                        return in.nextInt();
                    }
                };
            case INT64, DOUBLE ->
                new Values() {
                    @Override
                    long next() {
                        return in.nextLong();
                    }
                };
            case BYTE_ARRAY -> new PlainBytes(in, 0);
            case INT96 -> new PlainBytes(in, 12);
            case FIXED -> new PlainBytes(in, type.width());
        };
    }

    /// Bytes, each with their length before them unless all have the same.
    private static final class PlainBytes extends Values {
        private final Bytes in;
        private final int width;

        PlainBytes(Bytes in, int width) {
            this.in = in;
            this.width = width;
            this.array = in.array();
        }

        @Override
        void nextBytes() {
            count = width > 0 ? width : in.nextInt();
            from = in.skip(count);
        }
    }

    /// The first bytes of all values, then their second bytes and so on.
    static Values streamSplit(ColumnType type, Bytes in) {
        int width = switch (type.physical()) {
            case INT32, FLOAT -> 4;
            case INT64, DOUBLE -> 8;
            case FIXED -> type.width();
            default -> throw new Malformed("expects numbers in streams of their bytes, got " + type.physical());
        };
        int stride = in.left() / width;
        int start = in.skip(0);
        byte[] value = new byte[width];
        return new Values() {
            private int row;

            {
                array = value;
            }

            @Override
            long next() {
                nextBytes();
                var bytes = new Bytes(value);
                return width == 4 ? bytes.nextInt() : bytes.nextLong();
            }

            @Override
            void nextBytes() {
                if (row >= stride) throw new Malformed("expects more values, got the end of its bytes");
                for (int i = 0; i < width; i++) value[i] = in.array()[start + i * stride + row];
                row++;
                count = width;
            }
        };
    }
}
