package dev.neurite.serve.model;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.error.Spelling;
import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A model as one that takes and gives tensors, whatever its kind.
interface TensorForm {
    /// The name of the first extent: how many rows a request has.
    String BATCH = "batch";

    /// What it takes and gives.
    Served.Tensors tensors();

    /// Computes a request through the queue of the model.
    /// @throws DataException for inputs that are missing, unknown or of another type
    /// @throws ShapeException for shapes that do not fit
    SequencedMap<String, Value> infer(Map<String, Value> inputs, Deadline deadline);

    static TensorForm of(ModelKind kind) {
        return switch (kind) {
            case ModelKind.Predictions predictions -> new PredictorTensors(predictions);
            case ModelKind.Tensors tensors -> new OnnxTensors(tensors);
            case ModelKind.Vectors vectors -> TextTensors.of(vectors);
            case ModelKind.Scores scores -> TextTensors.of(scores);
        };
    }

    /// Checks names and shapes of inputs. Numbers may be of any type, and texts may stand for numbers and numbers for
    /// texts, where whoever reads the rows can tell.
    /// @return the number of rows
    /// @throws DataException for inputs that are missing or unknown
    /// @throws ShapeException for another number of axes, another extent, or inputs of different numbers of rows
    /// @throws HttpProblem 413 for too many rows
    static int rows(List<ValueInfo> infos, Map<String, Value> given) {
        List<String> names = infos.stream().map(ValueInfo::name).toList();
        for (String each : given.keySet()) {
            if (names.contains(each)) continue;
            throw new DataException(where(each), "expects one of " + names, Spelling.hint(each, names));
        }
        int rows = -1;
        for (ValueInfo info : infos) {
            Value value = given.get(info.name());
            if (value == null) throw new DataException(where(info.name()), "expects a value, got none");
            if (!fits(info, value)) {
                throw new ShapeException(
                        where(info.name()), "expects " + info + ", got " + value.type() + " " + value.shape());
            }
            int own = value.shape().extent(0);
            if (own > Served.Tensors.MOST_ROWS) {
                throw new HttpProblem(
                        413,
                        "rows",
                        where(info.name()),
                        "expects at most " + Served.Tensors.MOST_ROWS + " rows, got " + own);
            }
            if (rows >= 0 && own != rows) {
                throw new ShapeException(
                        where(info.name()), "expects " + rows + " rows as the inputs before it, got " + own);
            }
            rows = own;
        }
        return rows;
    }

    /// Whether a value has the extents that are fixed. A last extent of 1 may be left out.
    private static boolean fits(ValueInfo info, Value value) {
        List<String> extents = info.extents();
        int rank = value.shape().rank();
        boolean column =
                rank == extents.size() - 1 && rank > 0 && extents.getLast().equals("1");
        if (rank != extents.size() && !column) return false;
        for (int i = 0; i < rank; i++) {
            String extent = extents.get(i);
            if (ValueInfo.isFixed(extent)
                    && !extent.equals(Integer.toString(value.shape().extent(i)))) return false;
        }
        return !value.type().hasValues();
    }

    /// Refuses a value that is no text.
    /// @throws DataException for another type
    static String[] texts(String name, Value value) {
        if (value.type() == ElementType.STRING) return value.texts();
        throw new DataException(where(name), "expects texts, got " + value.type());
    }

    /// How messages name an input.
    static String where(String name) {
        return "input '" + name + "'";
    }
}
