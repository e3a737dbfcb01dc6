package dev.neurite.cli.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A class path with one service, or none, whatever else is on that of the tests. Tests may be in a named module, where
/// no file names services: so this loads the service's class itself.
final class ServiceClasses extends ClassLoader {
    private final Class<?> type;
    private final Optional<Class<?>> service;

    /// @param type the interface of the service
    /// @param service its class with its nested ones; empty for none
    ServiceClasses(Class<?> type, Optional<Class<?>> service) {
        super(ServiceClasses.class.getClassLoader());
        this.type = type;
        this.service = service;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean own =
                service.isPresent() && (name + "$").startsWith(service.get().getName() + "$");
        if (!own) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
        try (InputStream in = service.orElseThrow().getResourceAsStream(file)) {
            if (in == null) throw new ClassNotFoundException(name);
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        if (!name.equals("META-INF/services/" + type.getName())) return super.getResources(name);
        return Collections.enumeration(
                service.isPresent() ? List.of(text(service.get().getName())) : List.of());
    }

    /// The address of a text.
    private static URL text(String text) {
        var handler = new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                    @Override
                    public void connect() {
                        // the text is here
                    }

                    @Override
                    public InputStream getInputStream() {
                        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
                    }
                };
            }
        };
        try {
            return URL.of(URI.create("text:service"), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Does something with these classes.
    <T> T call(Supplier<T> what) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(this);
        try {
            return what.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
