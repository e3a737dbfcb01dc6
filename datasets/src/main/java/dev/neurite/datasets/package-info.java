/// Five small data sets, data sets by name, and readers of tables (CSV, Parquet, ARFF, queries), of IDX,
/// CIFAR and NumPy files and of images. Depends on core and FastCSV.
///
/// | data | method |
/// |---|---|
/// | a small data set | [dev.neurite.datasets.Iris#load()] and others |
/// | a data set by name | [dev.neurite.datasets.Datasets#named(String)] |
/// | a directory of IDX files | [dev.neurite.datasets.IdxDirectory#load(java.nio.file.Path)] |
/// | a CSV file | [dev.neurite.datasets.Csv#read(java.nio.file.Path, dev.neurite.datasets.ReadOptions)] |
/// | a table in any file | [dev.neurite.datasets.TableFiles#read(java.nio.file.Path)] |
/// | the rows of a query | [dev.neurite.datasets.Jdbc#read(java.sql.ResultSet)] |
/// | one IDX file | [dev.neurite.datasets.Idx#read(java.nio.file.Path)] |
@NullMarked
package dev.neurite.datasets;

import org.jspecify.annotations.NullMarked;
