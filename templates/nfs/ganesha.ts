/** A folder that other machines may mount. */
export interface NfsExport {
  /** Absolute path here, and the path by which they ask for it. */
  path: string
  name: string
  /** Their addresses. */
  to: readonly string[]
  /** Whoever asks is this user here, be it their root. */
  uid: number
  gid: number
  /** Where the server remembers who had files open when it was stopped. */
  memory: string
}

/**
 * Configuration of NFS-Ganesha 3.5 to 6: NFS 4 on TCP and one port, for those addresses alone. After a start nothing new is
 * opened for 20 s at most, while clients claim what they had open: only if there were any.
 * Nothing that it knows of files is taken on trust, since its own machine writes there too, past it. Source: ganesha-core-config(8), ganesha-export-config(8).
 */
export function ganeshaText({ path, name, to, uid, gid, memory }: NfsExport): string {
  return `# Written by bookstore; the next run writes it again.
NFS_CORE_PARAM {
  Protocols = 4;
  NFS_Port = 2049;
  Enable_NLM = false;
  Enable_RQUOTA = false;
  Enable_UDP = false;
}
NFSV4 {
  Lease_Lifetime = 15;
  Grace_Period = 20;
  Only_Numeric_Owners = true;
  RecoveryRoot = "${memory}";
}
NFS_KRB5 {
  Active_krb5 = false;
}
EXPORT {
  Export_Id = 1;
  Path = "${path}";
  Pseudo = "${name}";
  Protocols = 4;
  Transports = TCP;
  SecType = sys;
  Access_Type = None;
  Squash = All_Squash;
  Anonymous_Uid = ${uid};
  Anonymous_Gid = ${gid};
  Attr_Expiration_Time = 0;
  FSAL {
    Name = VFS;
  }
  CLIENT {
    Clients = ${to.join(', ')};
    Protocols = 4;
    Access_Type = RW;
  }
}
`
}
