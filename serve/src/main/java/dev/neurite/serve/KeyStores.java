package dev.neurite.serve;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Reads the key and certificate of a server.
final class KeyStores {
    private KeyStores() {}

    /// What speaks TLS with the key of a file.
    /// @throws DataException if the file does not exist, or is no key store
    /// @throws ConfigException for a wrong password
    static SSLContext context(Path file, char... password) {
        if (!Files.exists(file)) throw DataException.missing(file, "a key store");
        String where = file.toString();
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), password);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(where, password);
        } catch (GeneralSecurityException e) {
            throw new DataException(where, "expects a key store (PKCS #12 or JKS), got another file");
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) throw wrongPassword(where, password);
            throw new ResourceException(where, "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static ConfigException wrongPassword(String where, char... password) {
        return new ConfigException(
                where,
                "expects the password of the key store, got " + (password.length == 0 ? "none" : "another"),
                "`neurite serve` takes it from the variable NEURITE_KEY_STORE_PASSWORD");
    }
}
