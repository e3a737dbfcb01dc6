package dev.neurite.serve.model;

/// Sees what happens to models, for metrics.
public interface RepositoryWatcher {
    /// Sees nothing.
    RepositoryWatcher NONE = new RepositoryWatcher() {
        @Override
        public QueueWatcher queue(String model) {
            return QueueWatcher.NONE;
        }

        @Override
        public void loaded(String model, long nanos) {}

        @Override
        public void failed(String model) {}
    };

    /// What sees the queue of a model. Called once for each of its versions, and again when one is replaced.
    QueueWatcher queue(String model);

    /// A version of a model was loaded and warmed up.
    void loaded(String model, long nanos);

    /// A version of a model could not be loaded.
    void failed(String model);
}
