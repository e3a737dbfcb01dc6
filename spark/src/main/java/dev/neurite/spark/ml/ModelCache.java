package dev.neurite.spark.ml;

import java.lang.ref.SoftReference;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The models of this program, by fingerprint: tasks that predict with the same one share it. Keeps the last few that
/// were used, unless memory runs short.
final class ModelCache {
    static final int MOST = 8;
    private static final ModelCache OF_THIS_JVM = new ModelCache();

    private final Map<String, SoftReference<ReadyModel>> models = new LinkedHashMap<>(16, 0.75f, true);

    static ModelCache ofThisJvm() {
        return OF_THIS_JVM;
    }

    /// The model, made if it is not here. Others wait meanwhile, so that no model is made twice.
    /// @param bytes its file
    synchronized ReadyModel get(String fingerprint, Supplier<byte[]> bytes) {
        SoftReference<ReadyModel> known = models.get(fingerprint);
        ReadyModel model = known == null ? null : known.get();
        if (model != null) return model;
        ReadyModel made = ReadyModel.of(bytes.get());
        models.put(fingerprint, new SoftReference<>(made));
        Iterator<String> oldest = models.keySet().iterator();
        while (models.size() > MOST) {
            oldest.next();
            oldest.remove();
        }
        return made;
    }

    synchronized int size() {
        models.values().removeIf(each -> each.get() == null);
        return models.size();
    }
}
