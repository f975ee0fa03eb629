#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc declares these for _GNU_SOURCE only. */
extern int pipe2(int descriptors[2], int flags);
extern long syscall(long number, ...);
extern char **environ;
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int lowest);

/* A function, since Swift takes the variable itself for unprotected shared state. */
static inline char **loom_environment(void) { return environ; }

/* A pipe that no child inherits by accident: 0 or -1 with errno. */
static inline int loom_pipe(int descriptors[2]) { return pipe2(descriptors, O_CLOEXEC); }

static inline int loom_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

/* The same file under a number above the three standard ones, closing the old number. */
static inline int loom_move_above_standard(int descriptor) {
    if (descriptor > 2) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    close(descriptor);
    return moved;
}

/* A descriptor that becomes readable when the process has ended: -1 with errno before Linux 5.3. */
static inline int loom_pidfd_open(pid_t pid) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    errno = ENOSYS;
    return -1;
#endif
}

/* What the child is in charge of: default signals, none of them blocked, leader of its own group. */
static inline int loom_spawn_attributes(posix_spawnattr_t *attributes) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int code = posix_spawnattr_init(attributes);
    if (code != 0) return code;
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setpgroup(attributes, 0);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}
