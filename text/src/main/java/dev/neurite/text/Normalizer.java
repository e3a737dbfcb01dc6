package dev.neurite.text;

import java.text.Normalizer.Form;
import java.util.List;

/// Changes the characters of a text.
sealed interface Normalizer {
    AlignedText normalize(AlignedText text);

    /// One after the other; none changes nothing.
    record Sequence(List<Normalizer> normalizers) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText normalized = text;
            for (Normalizer each : normalizers) normalized = each.normalize(normalized);
            return normalized;
        }
    }

    /// What BERT does: removes controls, makes all white space spaces, puts spaces around ideographs, and removes
    /// accents and capitals.
    record Bert(boolean clean, boolean separateIdeographs, boolean stripAccents, boolean lowercase)
            implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText normalized = text;
            if (clean) normalized = cleaned(normalized);
            if (separateIdeographs) normalized = separated(normalized);
            if (stripAccents) {
                normalized = UnicodeForm.apply(normalized, Form.NFD).filter(each -> !CodePoints.isNonspacingMark(each));
            }
            return lowercase ? new Lowercase().normalize(normalized) : normalized;
        }

        private static AlignedText cleaned(AlignedText text) {
            return text.rewrite((point, out) -> {
                if (point == 0 || point == CodePoints.REPLACEMENT || CodePoints.isControl(point)) return;
                out.accept(CodePoints.isWhitespace(point) ? ' ' : point);
            });
        }

        private static AlignedText separated(AlignedText text) {
            return text.rewrite((point, out) -> {
                boolean ideograph = CodePoints.isIdeograph(point);
                if (ideograph) out.accept(' ');
                out.accept(point);
                if (ideograph) out.accept(' ');
            });
        }
    }

    /// NFC, NFD, NFKC or NFKD.
    record Unicode(Form form) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return UnicodeForm.apply(text, form);
        }
    }

    /// Small letters, each by itself: a final sigma is one like others.
    record Lowercase() implements Normalizer {
        private static final int I_WITH_DOT = 0x130; // the only letter whose small form is two characters
        private static final int DOT_ABOVE = 0x307;

        @Override
        public AlignedText normalize(AlignedText text) {
            return text.rewrite((point, out) -> {
                out.accept(Character.toLowerCase(point));
                if (point == I_WITH_DOT) out.accept(DOT_ABOVE);
            });
        }
    }

    /// Removes white space at the ends.
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return text.strip(left, right);
        }
    }

    /// Removes all marks.
    record StripAccents() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return text.filter(each -> !CodePoints.isMark(each));
        }
    }

    /// Replaces all matches of a pattern.
    record Replace(TextPattern pattern, String content) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return text.replace(pattern.find(text.text(), text.steps()), content);
        }
    }

    /// Begins texts that are not empty with a string.
    record Prepend(String prefix) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return text.prepend(prefix);
        }
    }

    /// Makes each byte a character, see [ByteAlphabet].
    record Bytes() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return ByteAlphabet.encode(text);
        }
    }

    /// Replaces characters as a table of SentencePiece says.
    record Precompiled(CharsMap table) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return table.normalize(text);
        }
    }

    /// What SentencePiece does for machine translation: removes controls, makes white space spaces.
    record Nmt() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return text.rewrite((point, out) -> {
                if (!isRemoved(point)) out.accept(isSpace(point) ? ' ' : point);
            });
        }

        private static boolean isRemoved(int point) {
            return (point >= 0x01 && point <= 0x08)
                    || point == 0x0B
                    || (point >= 0x0E && point <= 0x1F)
                    || point == 0x7F
                    || point == 0x8F
                    || point == 0x9F;
        }

        private static boolean isSpace(int point) {
            return switch (point) {
                case '\t', '\n', '\f', '\r', 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, CodePoints.REPLACEMENT -> true;
                default -> point >= 0x200B && point <= 0x200F;
            };
        }
    }
}
