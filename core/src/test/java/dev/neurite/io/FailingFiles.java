package dev.neurite.io;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The usual files behind a file system that fails from its n-th call on, once or for good: for tests of full and
/// broken disks.
public final class FailingFiles extends FileSystemProvider {
    private static final FileSystemProvider REAL = FileSystems.getDefault().provider();

    private final FileSystem system = new Files(this);
    private final int at;
    private final boolean forGood;
    private int calls;

    /// @param at the call that fails, from 1
    /// @param forGood whether all later ones fail too
    public FailingFiles(int at, boolean forGood) {
        this.at = at;
        this.forGood = forGood;
    }

    /// How many calls there were.
    int calls() {
        return calls;
    }

    private void call(String what) throws IOException {
        calls++;
        if (calls == at || (forGood && calls > at)) throw new IOException("No space left on device: " + what);
    }

    // --------------------------------------------------------------------------------------------------------- paths

    /// A path in this file system.
    public Path path(Path real) {
        return (Path) Proxy.newProxyInstance(
                Real.class.getClassLoader(), new Class<?>[] {Path.class, Real.class}, (self, method, arguments) -> {
                    Object[] all = arguments == null ? new Object[0] : arguments.clone();
                    for (int i = 0; i < all.length; i++) all[i] = unwrapped(all[i]);
                    return switch (method.getName()) {
                        case "real" -> real;
                        case "getFileSystem" -> system;
                        case "hashCode" -> real.hashCode();
                        case "equals" -> real.equals(all[0]);
                        default -> {
                            try {
                                Object result = method.invoke(real, all);
                                yield result instanceof Path path ? path(path) : result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }
                    };
                });
    }

    private interface Real {
        Path real();
    }

    private static Object unwrapped(Object argument) {
        return argument instanceof Real path ? path.real() : argument;
    }

    private static Path real(Path path) {
        return (Path) unwrapped(path);
    }

    // ----------------------------------------------------------------------------------------------------- operations

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        call("open " + path.getFileName());
        return new Channel(REAL.newFileChannel(real(path), options, attributes));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        call("list");
        List<Path> paths = new ArrayList<>();
        try (var all = REAL.newDirectoryStream(real(directory), _ -> true)) {
            for (Path each : all) if (filter.accept(path(each))) paths.add(path(each));
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return paths.iterator();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        call("make directory");
        REAL.createDirectory(real(directory), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
        call("delete " + path.getFileName());
        REAL.delete(real(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        call("move to " + target.getFileName());
        REAL.move(real(source), real(target), options);
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        call("access " + path.getFileName());
        REAL.checkAccess(real(path), modes);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        call("attributes of " + path.getFileName());
        return REAL.readAttributes(real(path), type, options);
    }

    // ------------------------------------------------------------------------------------------- what is not asked for

    @Override
    public String getScheme() {
        return "failing";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return REAL.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return REAL.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return REAL.getFileStore(real(path));
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return REAL.getFileAttributeView(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return REAL.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        REAL.setAttribute(real(path), attribute, value, options);
    }

    private final class Channel extends FileChannel {
        private final FileChannel real;

        Channel(FileChannel real) {
            this.real = real;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            call("read");
            return real.read(to);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            call("write");
            return real.write(from);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            call("force");
            real.force(metaData);
        }

        @Override
        public long size() throws IOException {
            call("size");
            return real.size();
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long at) throws IOException {
            real.position(at);
            return this;
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            call("truncate");
            real.truncate(size);
            return this;
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
            call("close");
        }

        @Override
        public long read(ByteBuffer[] to, int from, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] all, int from, int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel from, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer to, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            call("write");
            return real.write(from, position);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Files extends FileSystem {
        private final FileSystemProvider provider;

        Files(FileSystemProvider provider) {
            this.provider = provider;
        }

        @Override
        public FileSystemProvider provider() {
            return provider;
        }

        @Override
        public void close() {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return "/";
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return List.of();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return List.of();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return Set.of("basic");
        }

        @Override
        public Path getPath(String first, String... more) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            throw new UnsupportedOperationException();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException();
        }
    }
}
