/*
 * User-mode Linux of Linux 6.1 keeps 2696 bytes of a task's extended registers. A processor with more of them (AMX needs
 * about 11000) wants all bytes back whenever it is handed registers, so that such a kernel dies at its first process.
 * Loaded before it, this ptrace(2) hands over what the kernel kept, and zeros for the rest: its first state.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXTENDED_REGISTERS ((void *)0x202) /* NT_X86_XSTATE */
#define COMPONENTS_AT 512                  /* of the XSAVE area: a bit for each component that is not in its first state */
#define KEPT_COMPONENTS 0x2ffULL           /* x87, SSE, AVX, AVX-512, PKRU */

static unsigned char whole[65536] __attribute__((aligned(64)));

/* How many bytes this processor wants. */
static size_t wanted(pid_t pid)
{
    static size_t size;
    struct iovec all = { whole, sizeof whole };

    if (size == 0 && syscall(SYS_ptrace, PTRACE_GETREGSET, pid, EXTENDED_REGISTERS, &all) == 0)
        size = all.iov_len;
    return size;
}

/* The same registers in as many bytes as are wanted; the very ones where they are enough. */
static struct iovec *completed(pid_t pid, struct iovec *kept)
{
    static struct iovec all;
    size_t size = wanted(pid);
    uint64_t components;

    if (size <= kept->iov_len || kept->iov_len < COMPONENTS_AT + sizeof components)
        return kept;
    memcpy(whole, kept->iov_base, kept->iov_len);
    memset(whole + kept->iov_len, 0, size - kept->iov_len);
    memcpy(&components, whole + COMPONENTS_AT, sizeof components);
    components &= KEPT_COMPONENTS;
    memcpy(whole + COMPONENTS_AT, &components, sizeof components);
    all = (struct iovec){ whole, size };
    return &all;
}

/* As in libc, but for the above: a peek gives what it found, and tells a failure by errno alone. */
long ptrace(enum __ptrace_request request, ...)
{
    va_list rest;
    pid_t pid;
    void *address, *data;
    long peeked = 0, result;
    int peeks = request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER;

    va_start(rest, request);
    pid = va_arg(rest, pid_t);
    address = va_arg(rest, void *);
    data = va_arg(rest, void *);
    va_end(rest);

    if (request == PTRACE_SETREGSET && address == EXTENDED_REGISTERS)
        data = completed(pid, data);
    result = syscall(SYS_ptrace, request, pid, address, peeks ? &peeked : data);
    if (!peeks || result < 0)
        return result;
    errno = 0;
    return peeked;
}
