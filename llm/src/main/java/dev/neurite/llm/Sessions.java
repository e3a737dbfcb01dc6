package dev.neurite.llm;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.model.PredictionSession;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sessions of texts that may go on. A new text takes over one that it goes on with, or a copy of the part with which
/// both begin. Threads may share it.
final class Sessions {
    private static final int SHARED = 16; // tokens in common, from which on a copy pays
    private static final int STEP = 256; // by which the capacity of sessions grows

    /// A session, and the tokens that it has had.
    static final class Held {
        final PredictionSession session;
        private int[] tokens;
        private int count;

        Held(PredictionSession session, int[] tokens, int count) {
            this.session = session;
            this.tokens = tokens;
            this.count = count;
        }

        int count() {
            return count;
        }

        /// Notes tokens that the session has had.
        void add(int[] from, int begin, int end) {
            if (count + end - begin > tokens.length) tokens = Arrays.copyOf(tokens, 2 * (count + end - begin));
            System.arraycopy(from, begin, tokens, count, end - begin);
            count += end - begin;
        }

        private int common(int[] prompt) {
            int most = Math.min(count, prompt.length - 1); // the last token is always computed
            int mismatch = Arrays.mismatch(tokens, 0, most, prompt, 0, most);
            return mismatch < 0 ? most : mismatch;
        }
    }

    private final Model model;
    private final Kernels kernels;
    private final int kept;
    private final int context;
    private final List<Held> waiting = new ArrayList<>(); // the one that waits longest first

    /// @param kept the most sessions that wait
    /// @param context the most tokens of a text
    Sessions(Model model, Kernels kernels, int kept, int context) {
        this.model = model;
        this.kernels = kernels;
        this.kept = kept;
        this.context = context;
    }

    /// A session for a text, which has had the first tokens of it that an earlier one has in common.
    /// @param room the most tokens that it may get in all
    Held take(int[] prompt, int room) {
        int capacity = (int) Math.min(context, Math.ceilDiv((long) room, STEP) * STEP);
        Held found = begun(prompt, capacity);
        if (found != null) return found;
        return new Held(begin(capacity), new int[prompt.length], 0);
    }

    /// A session that has had nothing.
    PredictionSession begin(int capacity) {
        return model.session(1, List.of(Shape.of(capacity)), kernels);
    }

    private synchronized @Nullable Held begun(int[] prompt, int capacity) {
        Held best = null;
        int common = 0;
        for (Held each : waiting) {
            int now = each.common(prompt);
            if (now > common) {
                best = each;
                common = now;
            }
        }
        if (best == null) return null;
        boolean whole = common == best.count || best.count - common < SHARED; // little of it is lost
        if (!whole && common < SHARED) return null;
        if (whole) waiting.remove(best);
        boolean copies = !whole || best.session.most() < capacity;
        PredictionSession session =
                copies ? best.session.withMost(Math.max(capacity, best.session.most())) : best.session;
        session.rewind(common);
        return new Held(session, Arrays.copyOf(best.tokens, common), common);
    }

    /// Keeps a session for texts that go on.
    synchronized void give(Held held) {
        if (kept == 0) return;
        if (waiting.size() == kept) waiting.removeFirst();
        waiting.add(held);
    }

    /// Forgets all sessions that wait.
    synchronized void clear() {
        waiting.clear();
    }

    /// The memory of the sessions that wait, in bytes.
    synchronized long bytes() {
        return waiting.stream().mapToLong(each -> each.session.bytes()).sum();
    }
}
