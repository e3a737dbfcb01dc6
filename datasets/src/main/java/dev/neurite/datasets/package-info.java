/// Data to begin with: five small data sets, every data set by its name, CSV files, and the IDX files that MNIST
/// and its relatives come in. Depends on core and FastCSV.
///
/// | to get | ask |
/// |---|---|
/// | a small data set | [dev.neurite.datasets.Iris#load()] and its like |
/// | a data set by name | [dev.neurite.datasets.Datasets#named(String)] |
/// | a directory of IDX files | [dev.neurite.datasets.IdxDirectory#load(java.nio.file.Path)] |
/// | a CSV file | [dev.neurite.datasets.Csv#read(java.nio.file.Path, dev.neurite.datasets.CsvOptions)] |
/// | one IDX file | [dev.neurite.datasets.Idx#read(java.nio.file.Path)] |
@NullMarked
package dev.neurite.datasets;

import org.jspecify.annotations.NullMarked;
