package dev.neurite.spark.ml;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/// A model that tasks use. Its file goes to each executor once, which makes one model of it for all tasks.
/// @param file the bytes of its file
/// @param fingerprint their SHA-256
record SharedModel(Broadcast<byte[]> file, String fingerprint) implements Serializable {
    ReadyModel get() {
        return ModelCache.ofThisJvm().get(fingerprint, file::value);
    }
}
