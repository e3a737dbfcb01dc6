package dev.neurite.kernel;

import java.util.Arrays;

/// The blocks of GGUF's formats of whole numbers, as ggml has them in memory and in files.
///
/// - Q8_0: scale, 32 codes.
/// - Q4_0, Q4_1, Q5_0, Q5_1: scale, minimum, fifth bits, 16 bytes whose lower halves have the first 16 columns.
/// - Q4_K, Q5_K: scale, scale of minimums, 12 bytes with the parts of eight blocks of 32, fifth bits (a byte has those
///   of a column of the eight blocks), 4 × 32 bytes whose lower halves have the first 32 of 64 columns.
/// - Q6_K: 2 × 64 bytes whose lower halves have the first 64 of 128 columns; 2 × 32 bytes of upper bits, whose lowest
///   two have the first 32 of 128 columns; parts of 16 × 16 columns; scale.
///
/// Scales and minimums are floats of half precision; what a format does not have is left out.
final class GgufBlocks {
    private static final int GROUP = QuantizedMatrix.GROUP;
    private static final int PAIRS = QuantizedMatrix.BLOCK / 2;
    private static final int PARTS = 8; // blocks of 32 in one of 256
    private static final int FOUR_BITS = 4;

    // in blocks of 256
    private static final int MINIMUM = 2;
    private static final int PARTS_AT = 4;
    private static final int AFTER_PARTS = 16;
    private static final int FIFTH_BITS = 32; // bytes
    private static final int UPPER_BITS_6 = 128;
    private static final int PARTS_6 = 192;
    private static final int SCALE_6 = 208;

    private GgufBlocks() {}

    // ------------------------------------------------------------------------------------------------------- reading

    /// Reads blocks of 32 columns of a row.
    /// @param first block
    /// @param n blocks, in whole ones of the format
    /// @param stored where they begin at 0
    static void take(QuantizedMatrix to, int row, int first, int n, byte[] stored) {
        BlockFormat format = to.format();
        int step = format.blockBytes();
        if (!format.hasParts()) {
            for (int i = 0; i < n; i++) takeBlock(to, row, first + i, stored, i * step);
            return;
        }
        for (int i = 0; i < n / PARTS; i++) {
            if (format == BlockFormat.Q6_K) takeSixBits(to, row, first / PARTS + i, stored, i * step);
            else takeParts(to, row, first / PARTS + i, stored, i * step);
        }
    }

    private static short shortAt(byte[] stored, int at) {
        return (short) LittleEndian.SHORTS.get(stored, at);
    }

    private static void takeBlock(QuantizedMatrix to, int row, int block, byte[] stored, int from) {
        BlockFormat format = to.format();
        to.putHalf(to.blockScales(), row, block, shortAt(stored, from));
        int at = from + Short.BYTES;
        if (format.hasMinimums()) {
            to.putHalf(to.blockMinimums(), row, block, shortAt(stored, at));
            at += Short.BYTES;
        }
        if (format.bits() == Byte.SIZE) {
            takeBytes(stored, at, to.codes(), to.codesAt(row, block));
            return;
        }
        if (format.bits() == FOUR_BITS + 1) {
            to.plane()[to.wordsAt(row, block, 1)] = LittleEndian.transposed((int) LittleEndian.INTS.get(stored, at));
            at += Integer.BYTES;
        }
        int[] words = to.words();
        int word = to.wordsAt(row, block, FOUR_BITS);
        for (int i = 0; i < PAIRS; i += 4) {
            int four = (int) LittleEndian.INTS.get(stored, at + i);
            words[word + i / 4 * GROUP] =
                    LittleEndian.lowestFour(four) | LittleEndian.lowestFour(four >>> 4) << Short.SIZE;
        }
    }

    private static void takeBytes(byte[] stored, int at, byte[] codes, int to) {
        for (int i = 0; i < PAIRS; i++) {
            int pair = (stored[at + i] & 0xff) | stored[at + PAIRS + i] << Byte.SIZE;
            LittleEndian.SHORTS.set(codes, to + i * 2 * GROUP, (short) pair);
        }
    }

    /// Halves of bytes: their lowest four bits after a shift.
    private static void takeHalves(QuantizedMatrix to, int row, int block, byte[] stored, int at, int shift) {
        int[] words = to.words();
        int word = to.wordsAt(row, block, FOUR_BITS);
        for (int i = 0; i < PAIRS; i += 4) {
            int low = LittleEndian.lowestFour((int) LittleEndian.INTS.get(stored, at + i) >>> shift);
            int high = LittleEndian.lowestFour((int) LittleEndian.INTS.get(stored, at + PAIRS + i) >>> shift);
            words[word + i / 4 * GROUP] = low | high << Short.SIZE;
        }
    }

    private static void takeParts(QuantizedMatrix to, int row, int scale, byte[] stored, int from) {
        to.putHalf(to.blockScales(), row, scale, shortAt(stored, from));
        to.putHalf(to.blockMinimums(), row, scale, shortAt(stored, from + MINIMUM));
        boolean fifth = to.format().bits() > FOUR_BITS;
        int parts = from + PARTS_AT;
        int codes = from + AFTER_PARTS + (fifth ? FIFTH_BITS : 0);
        for (int i = 0; i < PARTS; i++) {
            int block = scale * PARTS + i;
            to.putParts(row, block, part(stored, parts, i, 0), part(stored, parts, i, 1));
            takeHalves(to, row, block, stored, codes + i / 2 * QuantizedMatrix.BLOCK, i % 2 * 4);
            if (!fifth) continue;
            to.plane()[to.wordsAt(row, block, 1)] = bits(stored, from + AFTER_PARTS, i, 1, 0);
        }
    }

    /// A word of the bits of codes above four, from bytes of columns.
    /// @param shift the place of a code's bits in its byte
    /// @param n 1 or 2 bits of a code
    /// @param i the word of the block
    private static int bits(byte[] stored, int at, int shift, int n, int i) {
        int mask = ((1 << n) - 1) * 0x0101_0101;
        int word = 0;
        for (int k = 0; k < 4; k += n) {
            int from = at + 4 * (i * 4 + k) / n;
            int low = LittleEndian.lowestFour((int) LittleEndian.INTS.get(stored, from) >>> shift & mask);
            int high = LittleEndian.lowestFour((int) LittleEndian.INTS.get(stored, from + PAIRS) >>> shift & mask);
            word |= (low | high << Short.SIZE) << k;
        }
        return word;
    }

    /// The 6 bits of the part of a block's scale, or of its minimum. Of the first four blocks they are in a byte of
    /// their own, of the others the lower four in half a byte, the others above those of the block four before.
    /// @param second 0 for the scale, 1 for the minimum
    private static int part(byte[] stored, int at, int block, int second) {
        int byFour = at + 4 * second;
        if (block < 4) return stored[byFour + block] & 0x3f;
        int low = (stored[at + 4 + block] >>> (4 * second)) & 0xf;
        return low | (stored[byFour + block - 4] & 0xff) >>> 6 << 4;
    }

    private static void takeSixBits(QuantizedMatrix to, int row, int scale, byte[] stored, int from) {
        to.putHalf(to.blockScales(), row, scale, shortAt(stored, from + SCALE_6));
        for (int i = 0; i < PARTS; i++) {
            int block = scale * PARTS + i;
            int half = i / 4; // 128 columns
            int parts = from + PARTS_6 + 2 * i;
            to.putParts(row, block, stored[parts], stored[parts + 1]);
            takeHalves(to, row, block, stored, from + half * 64 + i % 2 * QuantizedMatrix.BLOCK, i % 4 / 2 * 4);
            int bits = from + UPPER_BITS_6 + half * QuantizedMatrix.BLOCK;
            int word = to.wordsAt(row, block, 2);
            for (int k = 0; k < 2; k++) to.plane()[word + k * GROUP] = bits(stored, bits, i % 4 * 2, 2, k);
        }
    }

    // ------------------------------------------------------------------------------------------------------- writing

    /// Writes what [#take] reads.
    static void give(QuantizedMatrix of, int row, int first, int n, byte[] stored) {
        BlockFormat format = of.format();
        int step = format.blockBytes();
        Arrays.fill(stored, 0, n * QuantizedMatrix.BLOCK / format.blockColumns() * step, (byte) 0);
        if (!format.hasParts()) {
            for (int i = 0; i < n; i++) giveBlock(of, row, first + i, stored, i * step);
            return;
        }
        for (int i = 0; i < n / PARTS; i++) {
            if (format == BlockFormat.Q6_K) giveSixBits(of, row, first / PARTS + i, stored, i * step);
            else giveParts(of, row, first / PARTS + i, stored, i * step);
        }
    }

    private static void giveBlock(QuantizedMatrix of, int row, int block, byte[] stored, int from) {
        BlockFormat format = of.format();
        LittleEndian.SHORTS.set(stored, from, of.half(of.blockScales(), row, block));
        int at = from + Short.BYTES;
        if (format.hasMinimums()) {
            LittleEndian.SHORTS.set(stored, at, of.half(of.blockMinimums(), row, block));
            at += Short.BYTES;
        }
        if (format.bits() == Byte.SIZE) {
            giveBytes(of.codes(), of.codesAt(row, block), stored, at);
            return;
        }
        if (format.bits() > FOUR_BITS) {
            LittleEndian.INTS.set(stored, at, LittleEndian.transposed(of.plane()[of.wordsAt(row, block, 1)]));
            at += Integer.BYTES;
        }
        int[] words = of.words();
        int word = of.wordsAt(row, block, FOUR_BITS);
        for (int i = 0; i < PAIRS; i++) {
            int both = words[word + i / 4 * GROUP] >>> (i % 4 * 4);
            stored[at + i] = (byte) ((both & 0xf) | (both >>> Short.SIZE & 0xf) << 4);
        }
    }

    private static void giveBytes(byte[] codes, int from, byte[] stored, int at) {
        for (int i = 0; i < PAIRS; i++) {
            stored[at + i] = codes[from + i * 2 * GROUP];
            stored[at + PAIRS + i] = codes[from + i * 2 * GROUP + 1];
        }
    }

    private static void giveParts(QuantizedMatrix of, int row, int scale, byte[] stored, int from) {
        LittleEndian.SHORTS.set(stored, from, of.half(of.blockScales(), row, scale));
        LittleEndian.SHORTS.set(stored, from + MINIMUM, of.half(of.blockMinimums(), row, scale));
        boolean fifth = of.format().bits() > FOUR_BITS;
        int codes = from + AFTER_PARTS + (fifth ? FIFTH_BITS : 0);
        for (int i = 0; i < PARTS; i++) {
            int block = scale * PARTS + i;
            for (int second = 0; second < 2; second++) {
                int part = of.part(row, block, second);
                int byFour = from + PARTS_AT + 4 * second;
                if (i < 4) {
                    stored[byFour + i] |= (byte) part;
                } else {
                    stored[from + PARTS_AT + 4 + i] |= (byte) ((part & 0xf) << (4 * second));
                    stored[byFour + i - 4] |= (byte) (part >>> 4 << 6);
                }
            }
            for (int k = 0; k < QuantizedMatrix.BLOCK; k++) {
                int code = of.code(row, block * QuantizedMatrix.BLOCK + k);
                stored[codes + i / 2 * QuantizedMatrix.BLOCK + k] |= (byte) ((code & 0xf) << (i % 2 * 4));
                if (fifth) stored[from + AFTER_PARTS + k] |= (byte) (code >>> 4 << i);
            }
        }
    }

    private static void giveSixBits(QuantizedMatrix of, int row, int scale, byte[] stored, int from) {
        LittleEndian.SHORTS.set(stored, from + SCALE_6, of.half(of.blockScales(), row, scale));
        for (int i = 0; i < PARTS; i++) {
            int block = scale * PARTS + i;
            int half = i / 4; // 128 columns
            for (int second = 0; second < 2; second++) {
                stored[from + PARTS_6 + 2 * i + second] = (byte) of.part(row, block, second);
            }
            int codes = from + half * 64 + i % 2 * QuantizedMatrix.BLOCK;
            int bits = from + UPPER_BITS_6 + half * QuantizedMatrix.BLOCK;
            for (int k = 0; k < QuantizedMatrix.BLOCK; k++) {
                int code = of.code(row, block * QuantizedMatrix.BLOCK + k);
                stored[codes + k] |= (byte) ((code & 0xf) << (i % 4 / 2 * 4));
                stored[bits + k] |= (byte) (code >>> 4 << (i % 4 * 2));
            }
        }
    }
}
