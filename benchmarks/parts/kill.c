/* Counts the calls by which a process changes files below a folder, and sends the process a signal at one of them.

   Built as a shared library and loaded before all others (LD_PRELOAD), so that it stands between the program and
   the C library. kill_arm(folder, nth, signal) begins to count; the signal is sent before the nth call is made;
   nth 0 only counts. The wall clock stands still from then on, so that two runs write the same times. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char folder[4096];
static size_t length;
static atomic_long calls;
static long at;
static int sent;
static pid_t who;
static char names[64];

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

void kill_arm(const char *below, long nth, int signal_number) {
    strncpy(folder, below, sizeof folder - 1);
    length = strlen(folder);
    at = nth;
    sent = signal_number;
    calls = 0;
    who = getpid();
}
long kill_count(void) { return calls; }
const char *kill_name(void) { return names; }
void kill_disarm(void) { length = 0; }

static int below_path(int dir, const char *path) {
    char text[4096], link[64];
    if (!length || !path || getpid() != who) return 0;
    if (path[0] == '/') return !strncmp(path, folder, length);
    if (dir == AT_FDCWD) {
        if (!getcwd(text, sizeof text)) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        ssize_t n = readlink(link, text, sizeof text - 1);
        if (n < 0) return 0;
        text[n] = 0;
    }
    return !strncmp(text, folder, length);
}
static int below_fd(int fd) {
    char text[4096], link[64];
    if (!length || getpid() != who) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, text, sizeof text - 1);
    if (n < 0) return 0;
    text[n] = 0;
    return !strncmp(text, folder, length);
}
static void count(const char *name) {
    if (atomic_fetch_add(&calls, 1) + 1 == at) {
        strncpy(names, name, sizeof names - 1);
        kill(getpid(), sent);
    }
}
#define PATH(dir, path, name) if (below_path(dir, path)) count(name)
#define FD(fd, name) if (below_fd(fd)) count(name)

static int changes(int flags) { return flags & (O_CREAT | O_TRUNC); }
#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        mode_t mode = 0; \
        va_list rest; \
        REAL(int, #name, const char *, int, ...); \
        va_start(rest, flags); \
        if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if (changes(flags)) PATH(AT_FDCWD, path, "open"); \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
#define OPENAT(name) \
    int name(int dir, const char *path, int flags, ...) { \
        mode_t mode = 0; \
        va_list rest; \
        REAL(int, #name, int, const char *, int, ...); \
        va_start(rest, flags); \
        if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if (changes(flags)) PATH(dir, path, "openat"); \
        return real(dir, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)
#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) { \
        REAL(FILE *, #name, const char *, const char *); \
        if (mode && mode[0] != 'r') PATH(AT_FDCWD, path, "fopen"); \
        return real(path, mode); \
    }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int fd, const void *data, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    FD(fd, "write");
    return real(fd, data, n);
}
#define PWRITE(name, off) \
    ssize_t name(int fd, const void *data, size_t n, off where) { \
        REAL(ssize_t, #name, int, const void *, size_t, off); \
        FD(fd, "pwrite"); \
        return real(fd, data, n, where); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
ssize_t writev(int fd, const struct iovec *parts, int n) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    FD(fd, "writev");
    return real(fd, parts, n);
}
#define SENDFILE(name, off) \
    ssize_t name(int to, int from, off *where, size_t n) { \
        REAL(ssize_t, #name, int, int, off *, size_t); \
        FD(to, "sendfile"); \
        return real(to, from, where, n); \
    }
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)
#define BY_FD(name) \
    int name(int fd) { \
        REAL(int, #name, int); \
        FD(fd, #name); \
        return real(fd); \
    }
#define BY_FD_AND(name, type) \
    int name(int fd, type more) { \
        REAL(int, #name, int, type); \
        FD(fd, #name); \
        return real(fd, more); \
    }
#define BY_PATH(name) \
    int name(const char *path) { \
        REAL(int, #name, const char *); \
        PATH(AT_FDCWD, path, #name); \
        return real(path); \
    }
#define BY_PATH_AND(name, type) \
    int name(const char *path, type more) { \
        REAL(int, #name, const char *, type); \
        PATH(AT_FDCWD, path, #name); \
        return real(path, more); \
    }
BY_FD(fsync)
BY_FD(fdatasync)
BY_FD_AND(fchmod, mode_t)
BY_FD_AND(ftruncate, off_t)
BY_FD_AND(ftruncate64, off64_t)
BY_PATH(unlink)
BY_PATH(rmdir)
BY_PATH(remove)
BY_PATH_AND(mkdir, mode_t)
BY_PATH_AND(chmod, mode_t)
BY_PATH_AND(truncate, off_t)
int rename(const char *path, const char *to) {
    REAL(int, "rename", const char *, const char *);
    if (below_path(AT_FDCWD, path) || below_path(AT_FDCWD, to)) count("rename");
    return real(path, to);
}
int renameat(int a, const char *path, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    if (below_path(a, path) || below_path(b, to)) count("renameat");
    return real(a, path, b, to);
}
int link(const char *path, const char *to) {
    REAL(int, "link", const char *, const char *);
    PATH(AT_FDCWD, to, "link");
    return real(path, to);
}
int symlink(const char *path, const char *to) {
    REAL(int, "symlink", const char *, const char *);
    PATH(AT_FDCWD, to, "symlink");
    return real(path, to);
}
int unlinkat(int dir, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    PATH(dir, path, "unlinkat");
    return real(dir, path, flags);
}
int mkdirat(int dir, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    PATH(dir, path, "mkdirat");
    return real(dir, path, mode);
}
int utimensat(int dir, const char *path, const struct timespec times[2], int flags) {
    REAL(int, "utimensat", int, const char *, const struct timespec *, int);
    PATH(dir, path, "utimensat");
    return real(dir, path, times, flags);
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int done = real(clock, now);
    if (length && clock == CLOCK_REALTIME) now->tv_sec = 1767225600, now->tv_nsec = 0;
    return done;
}
