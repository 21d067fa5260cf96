"""Calls of the system that a process opening dropped files has no use for, refused to it by the kernel.

A small filter program (seccomp) looks at the number of each call. It refuses sockets, other programs, new
processes and reaching into other processes; threads stay possible. On machines whose call numbers are not
listed here there is no filter.

Source: seccomp(2); call numbers from the kernel's unistd tables of x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass

_PR_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF_0000, 0x0005_0000
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_CLONE_THREAD = 0x0001_0000
_OTHER_ABI = 0x4000_0000  # x86-64's second numbering (x32)
_CLONE3 = 435


@dataclass(frozen=True, slots=True)
class Numbers:
    """One architecture: how the kernel calls it, its `clone`, and the calls refused."""

    machine: int
    clone: int
    refused: tuple[int, ...]


# io_uring (425 to 427) would make sockets past this filter; pidfd_getfd (438) takes descriptors of others.
_SHARED = (425, 426, 427, 434, 438)
NUMBERS = {
    # socket socketpair fork vfork execve execveat kill ptrace process_vm_readv/writev bpf userfaultfd
    # perf_event_open keyctl add_key request_key unshare setns mount rt_sigqueueinfo
    "x86_64": Numbers(
        0xC000_003E,
        56,
        (
            41,
            53,
            57,
            58,
            59,
            322,
            62,
            101,
            310,
            311,
            321,
            323,
            298,
            250,
            248,
            249,
            272,
            308,
            165,
            129,
            *_SHARED,
        ),
    ),
    "aarch64": Numbers(
        0xC000_00B7,
        220,
        (198, 199, 221, 281, 129, 117, 270, 271, 280, 282, 241, 219, 217, 218, 97, 268, 40, 138, *_SHARED),
    ),
}


def bar_calls(libc: ctypes.CDLL) -> bool:
    """Whether the filter stands from now on. Needs PR_SET_NO_NEW_PRIVS before."""
    numbers = NUMBERS.get(platform.machine())
    if numbers is None:
        return False
    steps = program(numbers)
    code = ctypes.create_string_buffer(b"".join(steps), 8 * len(steps))
    whole = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER, whole, 0, 0) == 0)


def program(numbers: Numbers) -> list[bytes]:
    """The filter: instructions of 8 bytes each (code, jump if true, jump if false, constant)."""

    def step(code: int, constant: int, then: int = 0, other: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, other, constant)

    refuse = step(_RETURN, _REFUSE | errno.EPERM)
    steps = [
        step(_LOAD, _MACHINE),
        step(_EQUAL, numbers.machine, 1, 0),
        refuse,
        step(_LOAD, _NUMBER),
        step(_AT_LEAST, _OTHER_ABI, 0, 1),
        refuse,
        step(_EQUAL, _CLONE3, 0, 1),  # its flags lie in memory, which a filter cannot see; libc falls back
        step(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in numbers.refused:
        steps += [step(_EQUAL, number, 0, 1), refuse]
    return [
        *steps,
        step(_EQUAL, numbers.clone, 0, 3),
        step(_LOAD, _FIRST_ARGUMENT),
        step(_ANY_OF, _CLONE_THREAD, 1, 0),
        refuse,
        step(_RETURN, _ALLOW),
    ]
