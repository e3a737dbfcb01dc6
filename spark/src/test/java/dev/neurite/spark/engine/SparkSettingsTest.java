package dev.neurite.spark.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkSettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark.network.crypto.enabled",
                "spark.ssl.enabled",
                "spark.ssl.rpc.enabled",
                "spark.io.encryption.enabled",
                "spark.authenticate.enableSaslEncryption",
                "spark.dynamicAllocation.enabled"
            })
    void aSettingThatATrainingCannotDoWithIsRefusedByName(String setting) {
        assertThatThrownBy(() -> SparkSettings.check(new SparkConf(false).set(setting, "true")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(setting + ": expects false, as ");
        assertThatCode(() -> SparkSettings.check(new SparkConf(false).set(setting, "false")))
                .doesNotThrowAnyException();
    }

    @Test
    void authenticationAloneIsAccepted() {
        assertThatCode(() -> SparkSettings.check(
                        new SparkConf(false).set("spark.authenticate", "true").set("spark.ssl.trustStore", "enabled")))
                .doesNotThrowAnyException();
    }
}
