package dev.neurite.spark.frame;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/// The columns of a DataFrame that a training reads.
/// @param features a vector, an array of numbers, or an image of Spark's schema, see [Features]
/// @param label a number
/// @param weight a number, the factor of the row's loss; empty if all rows have the weight 1
/// @param id a whole number or a text, another one for each row; empty if rows have none
public record Columns(String features, String label, Optional<String> weight, Optional<String> id) {
    /// Columns of features and labels only.
    public Columns(String features, String label) {
        this(features, label, Optional.empty(), Optional.empty());
    }

    /// Checks that a DataFrame has these columns, with these types.
    /// @throws ConfigException for the first that it does not have
    public void check(StructType schema) {
        requireFeatures(schema, "featuresCol", features);
        requireNumber(schema, "labelCol", label);
        weight.ifPresent(each -> requireNumber(schema, "weightCol", each));
        id.ifPresent(each -> requireId(schema, "idCol", each));
    }

    /// A column by its exact name, which may have dots in it.
    public static Column column(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }

    /// The type of a column.
    /// @param param the parameter that names the column, for the message
    /// @throws ConfigException if there is no such column
    public static DataType type(StructType schema, String param, String name) {
        if (Arrays.asList(schema.fieldNames()).contains(name))
            return schema.apply(name).dataType();
        throw new ConfigException(
                param,
                "expects a column of the data, got '" + name + "'",
                Spelling.choice(name, Arrays.asList(schema.fieldNames())));
    }

    /// Requires a column that [Features] can read.
    /// @param param the parameter that names the column, for the message
    public static void requireFeatures(StructType schema, String param, String name) {
        DataType type = type(schema, param, name);
        boolean fits = type.equals(SQLDataTypes.VectorType())
                || isImage(type)
                || (type instanceof ArrayType array && array.elementType() instanceof NumericType);
        if (!fits) throw misfit(param, name, "of vectors, arrays of numbers or images", type);
    }

    /// Requires a column of numbers.
    /// @param param the parameter that names the column, for the message
    public static void requireNumber(StructType schema, String param, String name) {
        DataType type = type(schema, param, name);
        if (!(type instanceof NumericType)) throw misfit(param, name, "of numbers", type);
    }

    /// Requires a column of true and false.
    /// @param param the parameter that names the column, for the message
    public static void requireFlag(StructType schema, String param, String name) {
        DataType type = type(schema, param, name);
        if (!(type instanceof BooleanType)) throw misfit(param, name, "of booleans", type);
    }

    /// Requires a column of whole numbers or texts.
    /// @param param the parameter that names the column, for the message
    public static void requireId(StructType schema, String param, String name) {
        switch (type(schema, param, name)) {
            case ByteType _, ShortType _, IntegerType _, LongType _, StringType _ -> {}
            case DataType other -> throw misfit(param, name, "of whole numbers or strings", other);
        }
    }

    private static ConfigException misfit(String param, String name, String expected, DataType got) {
        return new ConfigException(
                param, "expects a column " + expected + ", got '" + name + "' of type " + got.simpleString());
    }

    private static boolean isImage(DataType type) {
        return type instanceof StructType struct
                && Arrays.equals(struct.fieldNames(), ImageSchema.columnSchema().fieldNames())
                && Arrays.equals(
                        Arrays.stream(struct.fields())
                                .map(each -> each.dataType())
                                .toArray(),
                        Arrays.stream(ImageSchema.columnSchema().fields())
                                .map(each -> each.dataType())
                                .toArray());
    }
}
