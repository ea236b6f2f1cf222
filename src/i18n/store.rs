//! What the local store says.

crate::messages! {
    part_journal => "操作日志", "the journal";
    part_index => "数据索引", "the index";
    part_rows => "列表缓存", "the list cache";
    part_snapshot => "数据快照", "the snapshot";
    part_key => "密钥文件", "the key envelope";
    part_draft => "草稿", "the draft";
    part_record => "记录", "a record";

    locked => "本机数据已用口令加密", "The data on this machine is sealed by a passphrase";
    locked_remedy => "请输入口令；命令行可用 --passphrase-file 指定口令文件", "Enter the passphrase, or name a file with --passphrase-file";
    in_use => "数据目录正被另一个程序使用", "Another program is using this data folder";
    in_use_by(pid: u32) => "数据目录正被另一个程序使用（进程号 {pid}）", "Another program (process {pid}) is using this data folder";
    in_use_remedy => "请在已打开的窗口中操作，或关闭它后重试", "Work in the window that is open, or close it and try again";
    missing(path: String) => "{path} 中没有本程序的数据", "There is no data of this program in {path}";
    missing_remedy => "请核对 --home 目录，或先新建", "Check --home, or begin anew";
    exists(path: String) => "{path} 中已有数据", "{path} already holds data";
    exists_remedy => "请打开已有数据，或用 --home 另选一个空目录", "Open what is there, or choose an empty folder with --home";
    wrong_passphrase => "口令不正确", "The passphrase is wrong";
    wrong_passphrase_remedy => "请检查大小写和输入法后重新输入；口令遗失后数据无法恢复，只能使用备份和备份时的口令", "Check capitals and the input method and try again. Without the passphrase the data cannot be read; a backup needs the passphrase it was made with";
    wrong_key_file(path: String) => "密钥文件 {path} 不存在或不属于本数据目录", "The key file {path} is absent or belongs to other data";
    wrong_key_file_remedy => "请把原来的密钥文件放回该位置（权限 0600）", "Put the original key file back in its place (mode 0600)";
    key_damaged => "密钥信封及其副本均已损坏", "The key envelope and its copy are both damaged";
    key_damaged_remedy => "请用备份恢复；损坏的文件不要删除", "Restore a backup; do not delete the damaged files";
    passphrase_too_short(least: usize) => "口令至少需要 {least} 个字符（一个汉字按两个计）", "The passphrase needs at least {least} characters (a Chinese character counts as two)";
    passphrase_too_short_remedy => "请使用更长的口令，例如四个不相关的词语", "Use a longer one, for example four unrelated words";
    corrupt(part: &str) => "{part}已损坏，未予采用", "Damage was found in {part}; the damaged bytes are not used";
    corrupt_remedy => "请运行 zhulian doctor --repair；损坏的内容保存在 quarantine 目录，请勿删除", "Run zhulian doctor --repair. The damaged bytes are kept in the quarantine folder; do not delete them";
    read_only => "磁盘写入出错，本机数据已转为只读；最后一步操作可能没有保存", "Writing to the disk failed, so the data is now read-only; the last step may not have been kept";
    read_only_remedy => "请尽快备份到其他磁盘，检查磁盘后重新打开本程序", "Make a backup on another disk, check the disk, then open the program again";
    disk_full => "磁盘空间不足，本次操作没有保存；此前已保存的内容不受影响", "The disk is full, so this step was not saved; what was saved before is safe";
    disk_full_remedy => "请清理磁盘后重试，或运行 zhulian compact", "Free some space and try again, or run zhulian compact";
    too_new(part: &str, version: u8) => "{part}由更新版本的程序写成（格式 {version}）", "A newer version of the program has written {part} (format {version})";
    too_new_remedy => "请升级本程序后再打开", "Update the program, then open it again";
    too_large(bytes: u64, limit: u64) => "内容过大：{bytes} 字节，上限 {limit} 字节", "Too large: {bytes} bytes, the limit is {limit}";
    too_large_remedy => "请缩短内容或分多次录入", "Shorten it or enter it in parts";
    not_ready => "数据仍在载入", "The data is still being loaded";
    not_ready_remedy => "请稍候片刻再试", "Try again in a moment";
    no_such_entry(seq: u64) => "操作日志中没有第 {seq} 条", "The journal has no entry {seq}";
    misuse => "程序内部错误", "An error inside the program";
    undecodable => "记录无法解读", "A record cannot be read";
    report_remedy => "请运行 zhulian doctor 并把结果交给技术人员", "Run zhulian doctor and give the result to your technician";
    backup_damaged => "备份文件已损坏或不完整，没有恢复任何内容", "The backup is damaged or incomplete; nothing was restored";
    backup_damaged_remedy => "请换用另一份备份，或重新拷贝该文件", "Use another backup, or copy this one again";
    backup_needs_key => "该备份需要原数据目录的密钥文件", "This backup needs the key file of the data it was made from";
    backup_needs_key_remedy => "请先把原密钥文件放入数据目录，再次恢复", "Put that key file into the data folder first, then restore again";
    restore_not_empty(path: String) => "{path} 不是空目录，不能恢复到这里", "{path} is not empty, so nothing can be restored into it";
    restore_not_empty_remedy => "请用 --home 另选一个空目录", "Choose an empty folder with --home";
    io(path: String, answer: String) => "无法读写 {path}：{answer}", "Cannot read or write {path}: {answer}";
    io_remedy => "请检查该文件和目录的权限与磁盘状态", "Check the permissions of the file and folder, and the disk";

    tail_cut(bytes: u64) => "上次运行中断，未完成写入的 {bytes} 字节已移入 quarantine；已保存的操作不受影响", "The last run was interrupted: {bytes} bytes of an unfinished write were moved to the quarantine; nothing saved was lost";
    group_cut(entries: u64) => "上次导入未完成（{entries} 条），已撤销，请重新导入", "The last import did not finish ({entries} entries) and was undone; import again";
    entries_lost(first: u64, last: u64) => "操作日志第 {first}–{last} 条已损坏，无法读出；损坏内容已保留", "Journal entries {first}–{last} are damaged and cannot be read; the damaged bytes are kept";
    chain_broken(seq: u64) => "操作日志第 {seq} 条与前一条不衔接", "Journal entry {seq} does not follow the one before it";
    segment_header_repaired(first: u64) => "操作日志（自第 {first} 条起）的文件头已修复", "The header of the journal segment from entry {first} was repaired";
    foreign_segment => "发现不属于本数据目录的日志文件，已移入 quarantine", "A journal file of other data was moved to the quarantine";
    key_copy_repaired => "密钥信封的一份副本已重新写入", "One copy of the key envelope was written again";
    pointer_repaired => "数据目录指针已修复", "The pointer to the data in use was repaired";
    index_damaged => "数据索引已损坏，已移入 quarantine，将自动重建", "The index was damaged; it was moved to the quarantine and is rebuilt";
    index_rebuilt(entries: u64) => "数据索引已重建（重放 {entries} 条操作）", "The index was rebuilt ({entries} entries replayed)";
    index_verified(records: u64) => "断电后已核对数据索引，{records} 条记录完好", "After a power cut the index was checked: {records} records are whole";
    unusable(part: &str) => "{part}已损坏，不再使用", "Damage was found in {part}; it is not used";
    disk_low(mib: u64) => "磁盘空间不足，仅剩 {mib} MB", "Only {mib} MB are left on the disk";
}
