package dev.neurite.spark.cluster;

import org.apache.spark.SparkConf;

/// Spark in the JVM of a test: on loopback, without its page.
public final class LocalSpark {
    private LocalSpark() {}

    /// The configuration of a driver.
    /// @param master `local[2]`
    public static SparkConf conf(String master) {
        return new SparkConf()
                .setMaster(master)
                .setAppName("neurite tests")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", Host.LOOPBACK.address())
                .set("spark.driver.bindAddress", Host.LOOPBACK.address());
    }
}
