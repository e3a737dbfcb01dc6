package dev.neurite.spark.ml;

import dev.neurite.error.ModelFormatException;
import dev.neurite.model.Model;
import java.util.Base64;
import org.apache.spark.ml.param.Param;

/// A parameter whose value is a model. Saved as the bytes of its file, in base 64.
final class ModelParam extends Param<Model> {
    private static final long serialVersionUID = 1L;

    ModelParam(String parent, String name, String doc) {
        super(parent, name, doc, Model.class);
    }

    @Override
    public String jsonEncode(Model model) {
        return '"' + Base64.getEncoder().encodeToString(ModelBytes.of(model)) + '"';
    }

    /// @throws ModelFormatException for anything else than [#jsonEncode] wrote
    @Override
    public Model jsonDecode(String json) {
        try {
            String text = json.replaceAll("^\"|\"$", "");
            return ModelBytes.read(Base64.getDecoder().decode(text), name()).model();
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(name(), "expects a model in base 64: " + e.getMessage());
        }
    }
}
