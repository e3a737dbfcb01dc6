package dev.neurite.llm;

import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Publishes the pieces of an answer, which is computed for each subscriber in a thread of its own. A piece waits until
/// the subscriber has asked for it.
/// @param writing writes an answer
record AnswerPublisher(Consumer<PieceListener> writing) implements Flow.Publisher<String> {
    @Override
    public void subscribe(Flow.Subscriber<? super String> subscriber) {
        var writer = new Writer(writing, subscriber);
        subscriber.onSubscribe(writer);
        Thread.ofPlatform().daemon().name("neurite-answer").start(writer::run);
    }

    private static final class Writer implements Flow.Subscription {
        private final Consumer<PieceListener> writing;
        private final Flow.Subscriber<? super String> subscriber;
        private final Semaphore demand = new Semaphore(0);
        private volatile boolean cancelled;
        private volatile boolean wrong; // what was asked for

        Writer(Consumer<PieceListener> writing, Flow.Subscriber<? super String> subscriber) {
            this.writing = writing;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            if (count <= 0) wrong = true;
            demand.release(Math.clamp(count, 1, Integer.MAX_VALUE - demand.availablePermits()));
        }

        @Override
        public void cancel() {
            cancelled = true;
            demand.release();
        }

        private void run() {
            try {
                writing.accept(this::piece);
            } catch (RuntimeException | Error e) {
                if (!cancelled) subscriber.onError(e);
                return;
            }
            if (!cancelled) subscriber.onComplete();
        }

        private boolean piece(String text) {
            if (text.isEmpty() || cancelled) return !cancelled;
            demand.acquireUninterruptibly();
            if (wrong) throw new IllegalArgumentException("expects to be asked for at least 1 piece");
            if (cancelled) return false;
            subscriber.onNext(text);
            return !cancelled;
        }
    }
}
