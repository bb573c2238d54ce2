"""Asking the kernel to refuse, for good, what a decoder never needs: programs, processes, sockets, mounts.

Standard library only. A seccomp filter (Linux, `prctl(2)`) that answers EPERM; a deny list rather than an
allow list, because the C libraries of the machines this runs on differ in which harmless calls they make.
"""

from __future__ import annotations

import ctypes
import platform
import struct

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_AT_NUMBER, _AT_ARCHITECTURE = 0, 4
_X32_CALLS = 0x40000000

# fmt: off
# io_uring_setup, pidfd_send_signal, open_tree, move_mount, fsopen, pidfd_open, clone3, mount_setattr
_SAME_EVERYWHERE = (425, 424, 428, 429, 430, 434, 435, 442)
_REFUSED = {
    "x86_64": (0xC000003E, (
        41, 42, 53,                       # socket, connect, socketpair
        56, 57, 58, 59, 322,              # clone, fork, vfork, execve, execveat
        101, 310, 311, 312,               # ptrace, process_vm_readv, process_vm_writev, kcmp
        165, 166, 155, 161, 272, 308,     # mount, umount2, pivot_root, chroot, unshare, setns
        175, 313, 246, 321, 298, 323,     # init_module, finit_module, kexec_load, bpf, perf_event_open, userfaultfd
        248, 249, 250,                    # add_key, request_key, keyctl
        133, 259, 304, 135,               # mknod, mknodat, open_by_handle_at, personality
    )),
    "aarch64": (0xC00000B7, (
        198, 203, 199,
        220, 221, 281,                    # there is no fork and no vfork
        117, 270, 271, 272,
        40, 39, 41, 51, 97, 268,
        105, 273, 104, 280, 241, 282,
        217, 218, 219,
        33, 265, 92,
    )),
}
# fmt: on


def refuse_dangerous_calls() -> bool:
    """Install the filter on this thread, for ever; False where the kernel or the processor does not have it.

    `no_new_privs` has to be set before. New threads count as new processes and are refused as well.
    """
    known = _REFUSED.get(platform.machine())
    if known is None:
        return False
    architecture, numbers = known
    program = _compile(architecture, (*numbers, *_SAME_EVERYWHERE))
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: unsigned short len; struct sock_filter *filter (aligned to a pointer)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    try:
        installed = ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0)
    except (AttributeError, OSError):
        return False
    return bool(installed == 0)


def _compile(architecture: int, numbers: tuple[int, ...]) -> bytes:
    """The filter as classic BPF: another architecture's calls kill, listed ones are refused, the rest pass."""
    steps = [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_JUMP_IF_AT_LEAST, 0, 1, _X32_CALLS),
        (_RETURN, 0, 0, _KILL),
    ]
    for place, number in enumerate(numbers):
        steps.append((_JUMP_IF_EQUAL, len(numbers) - place, 0, number))
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
