/** What dnf 4.14 says on a host, word for word. */
const RULE = '='.repeat(80);

export const DOWNGRADE = table(
  'Downgrading:\n haproxy          x86_64          2.6.12-3.el9            baseos          1.4 M',
  'Downgrade  1 Package\n\nTotal size: 1.4 M\nOperation aborted.',
);

export const INSTALL_TWO = table(
  `Installing:
 haproxy            x86_64         2.6.12-4.el9            baseos         1.4 M
 nginx              x86_64         2:1.22.1-11.el9         baseos         824 k
Installing dependencies:
 a-library-with-a-name-that-fits-into-no-column-of-the-table
                    noarch         5.4.4-4.el9             baseos         132 k
Upgrading:
 openssl-libs       x86_64         1:3.0.7-27.el9          baseos         1.9 M
     replacing  compat-openssl.x86_64 1.1-3.el9`,
  'Install  3 Packages\nUpgrade  1 Package\n\nTotal size: 2.2 M\nOperation aborted.',
);

export const REMOVE = table(
  `Removing:
 haproxy          x86_64          2.6.12-4.el9            @baseos         3.0 M
Removing dependent packages:
 haproxy-exporter x86_64          0.15-1.el9              @epel           9.0 M
Removing unused dependencies:
 lua-libs         x86_64          5.4.4-4.el9             @baseos         284 k`,
  'Remove  3 Packages\n\nFreed space: 12 M\nOperation aborted.',
);

/** yum 3.4 of CentOS 7. */
export const YUM_INSTALL = `Loaded plugins: fastestmirror
Resolving Dependencies
--> Running transaction check

Dependencies Resolved

${RULE}
 Package          Arch            Version                 Repository        Size
${RULE}
Installing:
 haproxy          x86_64          1.5.18-9.el7            base             834 k
Installing for dependencies:
 lua              x86_64          5.1.4-15.el7            base             201 k

Transaction Summary
${RULE}
Install  1 Package (+1 Dependent package)

Total download size: 1.0 M
Installed size: 3.2 M
Exiting on user command
`;

function table(rows: string, rest: string): string {
  return `Last metadata expiration check: 0:07:14 ago on Sun Nov 22 16:17:44 2026.
Dependencies resolved.
${RULE}
 Package            Architecture   Version                 Repository      Size
${RULE}
${rows}

Transaction Summary
${RULE}
${rest}
`;
}
