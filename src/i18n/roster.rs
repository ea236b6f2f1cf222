//! Texts of importing and exporting rosters.

crate::messages! {
    excess_file_bytes => "文件字节", "bytes of the file";
    excess_inflated_bytes => "解压后字节", "bytes once unpacked";
    excess_parts => "压缩包内文件", "files in the package";
    excess_token_bytes => "单段内容字节", "bytes in one piece";
    excess_shared_strings => "共享文本", "shared texts";
    excess_styles => "单元格格式", "cell formats";
    excess_sheets => "工作表", "sheets";
    excess_rows => "行", "rows";
    excess_columns => "列", "columns";
    excess_cells => "单元格", "cells";
    excess_cell_chars => "单元格内字数", "characters in a cell";
    excess_text_bytes => "文本字节", "bytes of text";

    read_io(name: &str, error: &str) => "打不开文件“{name}”：{error}", "cannot open “{name}”: {error}";
    read_empty => "文件是空的", "the file is empty";
    read_format => "这不是电子表格", "this is not a spreadsheet";
    read_unsupported(format: &str) => "这是 {format} 格式的文件，不能直接导入", "this is a file of the format {format}, which cannot be imported";
    read_encrypted => "表格设有密码", "the workbook is protected by a password";
    read_external_link => "表格引用了其他文件或程序的数据（外部链接或 DDE）", "the workbook takes data from other files or programs (external links or DDE)";
    read_too_large(what: &str, limit: u64) => "表格过大：{what}超过 {limit}", "the workbook is too large: more than {limit} {what}";
    read_encoding => "文字编码无法识别（不是 UTF-8、UTF-16 或 GB18030）", "the text encoding is not known (neither UTF-8, UTF-16 nor GB18030)";
    read_open_quote(row: u32) => "第 {row} 行的引号没有配对", "a quotation mark in row {row} is never closed";
    read_unreadable(detail: &str) => "文件已损坏，无法读取（{detail}）", "the file is damaged and cannot be read ({detail})";
    read_cancelled => "已停止，没有导入任何内容", "stopped; nothing was imported";

    remedy_io => "请检查文件是否存在、是否被其他程序打开、是否有读取权限。", "Check that the file exists, is not held open by another program, and may be read.";
    remedy_empty => "请确认选对了文件，并重新导出。", "Check that this is the right file and export it again.";
    remedy_save_as_xlsx => "请用 WPS 或 Excel 打开，另存为 xlsx 后再导入。", "Open it in WPS or Excel, save it as xlsx, and import that.";
    remedy_encrypted => "请用 WPS 或 Excel 打开，取消密码后另存，再导入。", "Open it in WPS or Excel, remove the password, save it, and import that.";
    remedy_external_link => "请在 WPS 或 Excel 中断开外部链接，将单元格粘贴为数值后另存，再导入。", "In WPS or Excel, break the links, paste the cells as values, save, and import that.";
    remedy_too_large => "请删去多余的空行、空列和工作表，或按乡镇拆分成几个文件分别导入。", "Delete unused rows, columns and sheets, or split it by township and import the parts.";
    remedy_encoding => "请用 WPS 或 Excel 打开，另存为 xlsx 或“CSV UTF-8”后再导入。", "Open it in WPS or Excel, save it as xlsx or “CSV UTF-8”, and import that.";
    remedy_open_quote => "请在该行补上另一半引号，或另存为 xlsx 后再导入。", "Close the quotation mark in that row, or save it as xlsx and import that.";
    remedy_unreadable => "请重新导出或下载该文件；若能用 WPS 或 Excel 打开，另存为 xlsx 后再导入。", "Export or download the file again; if WPS or Excel can open it, save it as xlsx and import that.";
    remedy_cancelled => "需要时请重新导入。", "Import again when you wish to.";

    date_invalid => "不是有效的日期", "not a date";
    date_invalid_remedy => "请按“1957-03-02”的格式填写；只有年月的写成“1957-03”。", "Write it as 1957-03-02; with year and month only, as 1957-03.";

    fault_required(heading: &str) => "“{heading}”没有填", "“{heading}” is empty";
    fault_birth_mismatch => "出生日期与身份证号不一致", "the date of birth differs from the ID number";
    fault_sex_mismatch => "性别与身份证号不一致", "the sex differs from the ID number";
    fault_garbled => "有无法识别的乱码", "there are characters that could not be decoded";
    fault_digits_lost => "长号码被表格软件当成数字，末几位已丢失", "a spreadsheet stored the long number as a number and lost its last digits";
    fault_count => "不是整数", "not a whole number";
    fault_flag => "应填“是”或“否”", "neither yes nor no";
    fault_formula(value: &str) => "公式出错，结果为 {value}", "a formula failed with {value}";
    fault_unknown_code(label: &str) => "“{label}”里没有这一项", "{label} has no such entry";
    fault_duplicate_same(row: u32) => "与第 {row} 行重复，内容相同", "the same as row {row}, in every column";
    fault_duplicate_other(row: u32) => "与第 {row} 行重复，但内容不同", "stands in row {row} too, with other contents";
    fault_no_household => "找不到这一户：家庭表里没有该户主身份证号，本机也没有", "no such household: neither the files nor this device have that head’s ID number";
    fault_not_the_head => "写的是户主本人，但身份证号与户主身份证号不同", "called the head, but the ID number is not the head’s";

    remedy_required(heading: &str) => "请补填“{heading}”。", "Enter “{heading}”.";
    remedy_birth_mismatch => "请核对户口簿或身份证，改正其中一项。", "Check the ID card and correct one of the two.";
    remedy_sex_mismatch => "请核对身份证：第 17 位单数为男、双数为女，改正其中一项。", "Check the ID card (17th digit: odd for men, even for women) and correct one of the two.";
    remedy_garbled => "请用 WPS 或 Excel 打开原表，另存为 xlsx 后再导入。", "Open the original in WPS or Excel, save it as xlsx, and import that.";
    remedy_digits_lost => "请把该列设为“文本”格式，重新填写完整号码。", "Set the column to text format and enter the whole number again.";
    remedy_count => "请填写整数，例如 3。", "Enter a whole number, for example 3.";
    remedy_flag => "请改为“是”或“否”。", "Enter 是 or 否 (yes or no).";
    remedy_formula => "请改正公式，或直接填写数值。", "Correct the formula or enter the value.";
    remedy_unknown_code(choices: &str) => "请改为其中一项：{choices}", "Enter one of these: {choices}";
    remedy_duplicate_same => "请删去重复的一行。", "Delete one of the two rows.";
    remedy_duplicate_other => "请核对两行，保留正确的一行。", "Compare the two rows and keep the correct one.";
    remedy_no_household => "请在家庭表中补上这一户，或改正户主身份证号。", "Add the household to the household sheet, or correct the head’s ID number.";
    remedy_not_the_head => "请改正与户主关系，或改正身份证号。", "Correct the relation to the head, or the ID number.";

    in_file(file: &str, message: &str) => "“{file}”：{message}", "“{file}”: {message}";
    source_no_roster => "没有找到花名册表头", "no roster header was found";
    source_missing_column(heading: &str) => "缺少“{heading}”一列", "the column “{heading}” is missing";
    source_no_category => "看不出是哪类救助对象", "nothing tells which category of assistance it is";
    remedy_no_roster => "表头应有“户主姓名、户主身份证号”或“姓名、身份证号”等列名，请核对后再导入。", "The header needs headings such as 户主姓名 and 户主身份证号, or 姓名 and 身份证号.";
    remedy_missing_column(heading: &str) => "请在表格中补上“{heading}”一列后再导入。", "Add the column “{heading}” and import again.";
    remedy_no_category => "请指定类别（导入界面按 F3，命令行用 --as，如 --as 低保），或在标题、文件名中写明。", "Name the category (F3 on the import screen, --as on the command line, for example --as 低保), or in the title or file name.";

    notice_hidden_sheet(sheet: &str) => "隐藏的工作表“{sheet}”没有读取", "the hidden sheet “{sheet}” was not read";
    notice_no_roster(sheet: &str) => "工作表“{sheet}”没有花名册表头，已跳过", "the sheet “{sheet}” has no roster header and was left out";
    notice_unknown_columns(headings: &str) => "以下列未识别，没有导入：{headings}", "these columns are not known and were not imported: {headings}";
    notice_formulas(count: u64) => "有 {count} 个公式单元格，按表中保存的结果读取", "{count} cells hold formulas; the results saved with them were read";
    notice_count(stated: u16, rows: u16) => "家庭人口填 {stated} 人，人员表有 {rows} 人", "the household states {stated} persons, the member sheet has {rows}";
    notice_head_from_household => "人员表没有可用的户主一行，户主按家庭表登记", "the member sheet has no usable row of the head, who was taken from the household sheet";
    notice_head_names => "家庭表与人员表的户主姓名不同，以人员表为准", "household and member sheet name the head differently; the member sheet’s name was taken";
    notice_relation => "身份证号与户主相同，与户主关系按“户主”登记", "the ID number is the head’s, so the relation was taken as head";
    notice_cause => "申请原因不在列表中，按“其他”登记，原文记入备注", "the cause is not in the list; kept as other, with its words in the remarks";
    notice_household_missing(archive_no: &str, head: &str) => "本机在册的 {archive_no}（{head}）不在这次的花名册中", "{archive_no} ({head}) is on the register but not in this roster";
    notice_member_missing(archive_no: &str, name: &str) => "{archive_no} 的成员{name}不在这次的花名册中", "{name} of {archive_no} is not in this roster";
    notice_member_moved(name: &str, archive_no: &str) => "{name}原在 {archive_no}，将转入本户", "{name} moves here from {archive_no}";
    notice_head_changed(archive_no: &str) => "{archive_no} 的户主将变更", "the head of {archive_no} changes";
    notice_new_place(name: &str) => "区划“{name}”尚未登记，将暂编代码", "the region “{name}” is not known yet and gets a provisional code";
    notice_more(count: usize) => "同类提示还有 {count} 条", "{count} more of this kind";

    notice_hidden_sheet_remedy => "如需导入，请在表格软件中取消隐藏。", "Unhide it in the spreadsheet program if it should be imported.";
    notice_columns_remedy => "如需导入，请把列名改为通行写法。", "Give the column its usual heading if it should be imported.";
    notice_formulas_remedy => "如结果可能过期，请在表格软件中重新计算并保存。", "If the results may be stale, recalculate and save in the spreadsheet program.";
    notice_count_remedy => "请核对家庭人口。", "Check the number of persons.";
    notice_head_remedy => "请核对户主信息。", "Check the head’s details.";
    notice_cause_remedy => "如有对应的选项，请在该户资料中改选。", "Choose the right entry in the household’s details if there is one.";
    notice_missing_remedy => "导入不会删除任何人；如已退出，请在本机办理退出。", "An import deletes nobody; let them leave the register here if they have.";
    notice_moved_remedy => "请在预览中核对后再确认导入。", "Check it in the preview before importing.";
    notice_new_place_remedy => "请由管理人员补录正式的区划代码。", "Have an administrator enter the official code.";
    notice_more_remedy => "请先处理已列出的。", "See to the listed ones first.";

    export_format(file: &str) => "“{file}”的格式不支持", "the format of “{file}” is not supported";
    export_io(file: &str, error: &str) => "写不了文件“{file}”：{error}", "cannot write “{file}”: {error}";
    export_too_many_rows(limit: u32) => "超过一张工作表的 {limit} 行", "more than the {limit} rows of a sheet";
    export_workbook(detail: &str) => "表格无法生成（{detail}）", "the workbook could not be made ({detail})";
    export_cancelled => "已停止，没有生成文件", "stopped; no file was written";
    export_format_remedy => "请把文件名改为 .xlsx 或 .csv 结尾。", "Let the file name end in .xlsx or .csv.";
    export_io_remedy => "请检查文件夹是否存在、是否可写、磁盘是否已满，以及文件是否被其他程序打开。", "Check that the folder exists and may be written, that the disk has room, and that no program holds the file open.";
    export_too_many_rows_remedy => "请用筛选条件分几次导出，或导出为 csv。", "Export in parts with a filter, or as csv.";
    export_cancelled_remedy => "需要时请重新导出。", "Export again when you wish to.";

    report_title => "导入检查结果", "Result of the check";
    report_file => "文件", "File";
    report_sheet => "表", "Sheet";
    report_row => "行号", "Row";
    report_column => "列", "Column";
    report_value => "原内容（已脱敏）", "Content (masked)";
    report_problem => "问题", "Problem";
    report_remedy => "处理办法", "What to do";
    report_household_sheet => "家庭", "Households";
    report_member_sheet => "人员", "Persons";
    report_skipped(row: u32) => "第 {row} 行有误，本行暂不导入", "row {row} has an error, so this row is not imported yet";
    report_skipped_other => "所属的户有误，本行暂不导入", "its household has an error, so this row is not imported yet";
    report_more(count: usize) => "还有 {count} 处错误没有列出，请先改正以上各处", "{count} more errors are not listed; correct these first";
}
