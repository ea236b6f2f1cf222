//! Importing, exporting, inventing, and keeping the home.

crate::messages! {
    ask_passphrase => "数据口令：", "Passphrase of the data: ";
    ask_new_passphrase(least: usize) => "设置数据口令（至少{least}个字）：", "New passphrase of the data (at least {least} characters): ";
    first_start(home: &str) => "首次启动：将在 {home} 建立数据目录", "first start: the data will lie in {home}";
    ask_first_passphrase(least: usize) => "设置数据口令（至少{least}个字；直接回车则不设口令，密钥存为文件）：", "New passphrase of the data (at least {least} characters; Enter for none, the key then lies in a file): ";
    key_passphrase => "数据由口令保护", "a passphrase protects the data";
    ask_again => "再输入一次：", "Once more: ";
    passphrase_short(least: usize) => "口令至少{least}个字", "at least {least} characters";
    passphrases_differ => "两次输入不一致", "the two differ";
    made_key_file(path: &str) => "未设口令：数据密钥保存在 {path}，拿到数据目录的人即可打开数据", "no passphrase: the key of the data lies in {path}; whoever has the folder can open it";
    made_unsealed => "数据未加密：能读取数据目录的人即可看到全部内容", "the data are not sealed: whoever can read the folder can read everything";
    first_worker => "网格员", "Grid worker";
    import_place(file: &str, sheet: &str, row: &str, column: &str) => "{file} 表{sheet} 第{row}行 {column}", "{file} sheet {sheet} row {row} {column}";
    import_counts(what: &str, new: usize, updated: usize, unchanged: usize, refused: usize) => "{what}：新增{new}，更新{updated}，不变{unchanged}，有误{refused}", "{what}: {new} new, {updated} updated, {unchanged} unchanged, {refused} refused";
    import_done => "已导入", "taken in";
    import_not_done => "没有导入", "nothing was taken in";
    households => "家庭", "Households";
    members_word => "人员", "Persons";
    regions_settled(replaced: usize, households: usize, left: usize) => "自编区划代码{replaced}个已改用正式代码，{households}户随之转入；名册中没有的自编村（社区）还有{left}个", "{replaced} made-up region codes replaced by official ones, {households} households moved; {left} made-up villages are not on the list";
    regions_word => "区划", "Regions";
    reading(done: u64, total: u64) => "读取文件 {done}/{total} KB", "reading {done}/{total} KB";
    checking_rows(done: u64, total: u64) => "检查 {done}/{total} 行", "checking {done}/{total} rows";
    comparing(done: u64, total: u64) => "比对 {done}/{total} 行", "comparing {done}/{total} rows";
    writing(count: u64) => "写入 {count}", "writing {count}";
    indexing(count: u64) => "整理 {count}", "indexing {count}";
    copying(done: u64, total: u64) => "{done}/{total}", "{done}/{total}";
    checking(part: &str, done: u64, total: u64) => "检查{part} {done}/{total}", "checking {part} {done}/{total}";
    demo_writing(done: u64, total: u64) => "生成演示数据 {done}/{total}", "inventing {done}/{total}";
    demo_indexing(done: u64, total: u64) => "整理演示数据 {done}/{total}", "indexing {done}/{total}";
    demo_done(households: usize, members: u64, home: &str) => "演示数据已生成：{households}户{members}人，在 {home}", "the demo is ready: {households} households, {members} persons, in {home}";
    pass => "符合", "pass";
    fail => "不符", "FAIL";
    verify_sum(passed: usize, failed: usize, not_held: usize) => "符合{passed}项，不符{failed}项，未收录{not_held}项", "{passed} pass, {failed} fail, {not_held} not held";
    backed_up(path: &str, records: u64, entries: u64, bytes: u64) => "已备份到 {path}：{records}条记录，{entries}条操作，{bytes}字节", "backed up to {path}: {records} records, {entries} commands, {bytes} bytes";
    backup_key_file(path: &str) => "备份中不含密钥。没有密钥文件 {path} 就无法恢复，请把它复制到别处妥善保存，恢复时用 --key-file 指定；也可用 --own-passphrase-file 为备份另设口令", "the backup does not hold its key: without the key file {path} nothing can be restored. Keep a copy of that file elsewhere and name it with --key-file when restoring, or give the backup a passphrase of its own with --own-passphrase-file";
    restored(home: &str, records: u64, entries: u64) => "已恢复到 {home}：{records}条记录，{entries}条操作", "restored to {home}: {records} records, {entries} commands";
    compacted(records: u64, before: u64, after: u64) => "已整理{records}条记录：整理前占用{before} KB，整理后占用{after} KB", "{records} records written anew: {before} KB before, {after} KB after";
    clock_behind(last: &str) => "本机时间早于最近一次操作（{last}），请核对电脑时间", "this clock is behind the latest command ({last}): check it";
    doctor_journal(first: u64, last: u64, kib: u64) => "操作日志：第{first}至{last}条，{kib} KB", "journal: entries {first} to {last}, {kib} KB";
    doctor_index(records: u64, kib: u64, live: u64) => "记录：{records}条，占用{kib} KB，有效{live} KB", "records: {records}, {kib} KB, of which live {live} KB";
    doctor_disk(kib: u64, free: u64) => "数据目录{kib} KB，磁盘剩余{free} MB", "folder {kib} KB, free on the disk {free} MB";
    doctor_quarantine(count: usize) => "隔离区有{count}个受损文件，供技术人员查看", "{count} damaged files are kept in quarantine";
    doctor_compact => "可运行 zhulian compact 收回磁盘空间", "zhulian compact would give disk space back";
    doctor_well => "一切正常", "all is well";
    exported(path: &str, rows: u32) => "已导出 {path}：{rows}行", "written {path}: {rows} rows";
}
