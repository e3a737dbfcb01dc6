package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/// Schemas with the columns that models add.
final class Schemas {
    private Schemas() {}

    /// A schema with a column more; the same for an empty name.
    /// @param param the parameter that names it, for the message
    /// @throws ConfigException if there is such a column already
    static StructType with(StructType schema, String param, StructField field) {
        if (field.name().isEmpty()) return schema;
        if (!Arrays.asList(schema.fieldNames()).contains(field.name())) return schema.add(field);
        throw new ConfigException(
                param, "expects a name that no column has, got '" + field.name() + "'", "Drop or rename that column");
    }

    /// @param size their size; 0 if it is not known
    static StructField vectors(String name, int size) {
        return size > 0 && !name.isEmpty()
                ? new AttributeGroup(name, size).toStructField()
                : new StructField(name, SQLDataTypes.VectorType(), false, Metadata.empty());
    }

    /// A column of predicted labels.
    /// @param classNames empty if they are not known
    static StructField labels(String name, List<String> classNames) {
        if (name.isEmpty() || classNames.isEmpty()) return numbers(name);
        return NominalAttribute.defaultAttr()
                .withName(name)
                .withValues(classNames.toArray(String[]::new))
                .toStructField();
    }

    static StructField numbers(String name) {
        return new StructField(name, DataTypes.DoubleType, false, Metadata.empty());
    }
}
