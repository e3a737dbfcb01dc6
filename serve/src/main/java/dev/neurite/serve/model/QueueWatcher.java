package dev.neurite.serve.model;

/// Sees what a queue does, for metrics. Called by the threads of requests and models, so it has to be quick.
public interface QueueWatcher {
    /// Sees nothing.
    QueueWatcher NONE = new QueueWatcher() {
        @Override
        public void computed(int rows, long nanos) {}

        @Override
        public void waited(long nanos) {}

        @Override
        public void refused() {}
    };

    /// A batch was computed.
    void computed(int rows, long nanos);

    /// A part of a request has waited so long for its batch.
    void waited(long nanos);

    /// A request was refused, as too many waited.
    void refused();
}
