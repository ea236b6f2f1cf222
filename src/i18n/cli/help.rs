//! Chinese texts of commands (by their path) and options (`path --option`, or `--option` for all of the name).
//! The English ones are the doc comments in `src/cli/`.

macro_rules! texts {
    ($($key:literal => $text:literal;)*) => {
        /// The Chinese text of a command or an option; the first line stands in lists.
        pub fn help_zh(key: &str) -> Option<&'static str> {
            Some(match key {
                $($key => $text,)*
                _ => return None,
            })
        }
    };
}

texts! {
    "" => "助联：困难家庭救助帮扶工作台，离线可用\n\n不带命令时打开控制台。控制台里能办的事，都可以用下面的命令办理。";
    "--help" => "显示帮助；--help 比 -h 更详细";
    "--version" => "显示版本";
    "--home" => "数据目录；未给出时用环境变量 ZHULIAN_HOME，再无则用系统的数据目录";
    "--lang" => "界面语言：zh 或 en";
    "--json" => "以 JSON 应答：单个值，或列表每行一个；错误写到标准错误";
    "--passphrase_file" => "口令文件，首行为数据口令；未给出时用环境变量 ZHULIAN_PASSPHRASE_FILE";

    "find" => "查找家庭：姓名、全拼、首字母、身份证号后四位、电话、档案号、村名\n\n多个词不分先后，共同缩小范围，例如“上岙 zsf”。最相近的在前；姓名脱敏。";
    "find --query" => "要找的内容";
    "--limit" => "最多列出几条";

    "household" => "查看家庭";
    "household show" => "查看一户：成员、走访、需求、心愿；身份信息脱敏\n\n可用 --reveal 和 --reason 查看一项完整信息，并记入审计。";
    "household show --household" => "家庭：编号、编号前几位（至少6位）或档案号";
    "household show --all" => "包括较早的走访和办理经过";
    "household show --timeline" => "同时列出办理经过，最近的在前";
    "household show --reveal" => "要完整显示的字段，例如 phone、id_number";
    "household show --of" => "查看哪位成员：姓名、成员序号或身份证号后四位；未给出时先看家庭，再看户主";
    "household show --reason" => "查看原因：contact 联系、verify_identity 核对身份、apply_policy 代办申请、emergency 紧急、data_correction 更正、audit 审计、other 其他";
    "household show --remark" => "原因说明；选“其他”时须写明";
    "household list" => "列出家庭，按村和档案号排列\n\n筛选：category=低保、risk=A、village=上岙村（或区划代码）、due=overdue|today|日期、visited=never、needs=open、wishes=open。类别包括其下级；多个条件须同时满足。";
    "household list --filter" => "只列符合条件的家庭，可多次给出";

    "visit" => "登记走访，查看应访家庭";
    "visit add" => "登记一次走访，并给出编号\n\n拒访、未遇也是走访。未给出的自动填写：时间为现在，走访人为本人，下次走访按风险等级推算。";
    "--household" => "家庭：编号、编号前几位（至少6位）或档案号";
    "visit add --mode" => "走访方式：door 上门、call 电话、third_party 第三方、pairing 结对、kin 亲友邻里、alarm 智能设备、hotline 热线";
    "visit add --result" => "走访结果：met 见到、absent 未遇、refused 拒访、moved 搬离、deceased 去世";
    "visit add --note" => "走访记录";
    "visit add --need" => "现场发现的需求，冒号后可写服务领域；可多次给出";
    "visit add --set" => "发现变化的信息：家庭字段，或“成员.字段”；可多次给出";
    "visit add --at" => "走访时间，未给出为现在：2026-11-22 或 \"2026-11-22 08:30\"";
    "visit add --minutes" => "时长（分钟）";
    "visit add --next_due" => "下次走访日期，或 +7 天";
    "visit add --language" => "交流语言：putonghua 普通话、dialect 方言、minority 少数民族语言、sign 手语、interpreted 亲属代述";
    "visit add --with" => "同去的工作人员：编号或姓名；可多次给出";
    "visit add --companions" => "其他同行人员";
    "visit add --refusal_reason" => "拒访原因";
    "visit add --mediator" => "动员人";
    "visit due" => "列出应访和逾期的家庭，最紧迫的在前";
    "visit due --by" => "截至哪一天：日期，或 +7 天；未给出为今天";
    "visit list" => "列出走访，最近的在前";
    "visit list --household" => "只列一户的走访，包括较早的";
    "visit list --since" => "只列这一天及以后的";

    "lead" => "报告和核实线索";
    "lead add" => "报告一条困难线索";
    "lead add --content" => "线索内容";
    "lead add --channel" => "发现渠道，例如 others_neighbour 邻里反映、self_hotline 热线求助、screening_cost 高额医疗费用预警";
    "lead add --subject" => "涉及人员姓名";
    "lead add --region" => "所属村（社区）的12位区划代码";
    "lead add --address" => "地址";
    "lead add --phone" => "涉及人员电话";
    "lead add --reporter" => "报告人姓名";
    "lead add --reporter_role" => "报告人身份，例如 neighbour 邻居、village_cadre 村社干部、school 学校";
    "lead add --reporter_phone" => "报告人电话";
    "lead verify" => "认定线索属实\n\n数据筛查发现的线索须经入户走访核实。";
    "lead reject" => "认定线索不属实，须注明原因";
    "--lead" => "线索：编号、编号前几位或线索号";
    "lead verify --visit" => "核实走访的编号；线索已关联家庭时可写编号前几位";
    "--outcome" => "核实情况";
    "lead list" => "列出线索，最早的在前";
    "lead list --state" => "只列这一状态：open 待核查、verified 属实、rejected 不属实";

    "need" => "登记需求，办理到满足";
    "need add" => "登记家庭或成员的需求\n\n同户已有同类需求时不予登记，除非用 --not-duplicate 说明不是重复。";
    "need add --title" => "需求事项，不超过60字";
    "need add --field" => "服务领域：health 健康管理、care 照料护理、rehab 康复训练、environment 环境改善、living 生活服务、family 家庭支持、spirit 精神文化；未给出时随需求类型";
    "--kind" => "需求类型，例如 appliance 家用电器、medical_cost 医疗费用、tuition 学费资助";
    "--service" => "服务类型";
    "--item" => "物品类别";
    "--urgency" => "紧急程度：1 危急、2 紧急、3 较急、4 一般";
    "--benefit_period" => "受益周期：once 一次性、short 短期、medium 中期、long 长期";
    "need add --quantity" => "数量";
    "--estimated" => "估算金额（元）";
    "need add --member" => "谁的需求：姓名、成员序号或身份证号后四位";
    "--due" => "办理期限：日期，或 +7 天";
    "need add --detail" => "详细说明";
    "need add --source" => "来源，例如 others_visit 入户走访发现、self_window 窗口申请";
    "need add --not_duplicate" => "重复登记说明：为什么不是重复";
    "need verify" => "认定需求有效";
    "--findings" => "核实情况";
    "need reject" => "不予认定需求，须注明原因";
    "need triage" => "需求分级：紧急程度、服务类型、受益周期";
    "need triage --field" => "服务领域：health 健康管理、care 照料护理、rehab 康复训练、environment 环境改善、living 生活服务、family 家庭支持、spirit 精神文化";
    "need triage --layer" => "需求层次";
    "need triage --demand_side" => "供给方向：gov 政府、charity 慈善、both 两者";
    "need withdraw" => "撤回需求，须注明原因";
    "need merge" => "并入同户的另一条需求";
    "need merge --into" => "并入哪一条需求";
    "need arrange" => "记录已落实服务方";
    "need serve" => "记录服务已开始";
    "need deliver" => "记录物品或服务已送达";
    "need recheck" => "情况已久，退回重新核实";
    "need escalate" => "上转个案";
    "need confirm" => "确认需求满足：由受助人确认；无法确认时由两名工作人员说明";
    "--by" => "由谁确认：beneficiary 受助人（或家人）、two_workers 两名工作人员";
    "--second" => "第二名工作人员：编号或姓名";
    "--note" => "确认说明；由两名工作人员确认时须写明受助人为何不能确认和所见情况";
    "need list" => "列出需求，最紧急的在前";
    "need list --state" => "只列这一状态；open 表示所有未办结的";
    "--need" => "需求：编号、编号前几位或需求号";

    "undo" => "撤销本人在本机的最近一次操作\n\n再次使用则再往前撤销一步。查看过的完整信息和导入的名册不能撤销。";
    "inbox" => "列出待处理的事项，并说明下一步怎么办\n\n单机使用时是待服务器确认的认领，以及已圆梦待受助人确认的心愿；被退回的操作、未成功的认领和冲突来自服务器。";
    "import" => "导入名册：xlsx、xls、ods，或 UTF-8、GB18030 编码的 csv\n\n家庭表与人员表自动配对。有一处错误则全部不导入，除非用 --accept-valid 只导入无误的家庭。重复导入同一文件不会有变化。首次导入会建立数据目录：给出 --passphrase-file 或输入口令则加密，否则密钥保存在旁边的文件里。";
    "import --files" => "名册文件";
    "import --category" => "所有家庭的救助类别，不论文件如何写：低保、特困、低边、dibao、tekun、dibian……";
    "import --dry_run" => "只说明会有哪些变化";
    "import --accept_valid" => "只导入无误的家庭";
    "import --errors" => "生成标注错误单元格的表格";
    "import --unsealed" => "首次导入：不加密；能读取数据目录的人即可看到全部内容";
    "import --worker_name" => "首次导入：您的姓名；未给出时用登录名";
    "export" => "导出列表为表格或文本\n\n身份信息脱敏；用 --unmask 并注明原因可完整导出，导出前记入审计。单元格内容不会作为公式执行。CSV 为带 BOM 的 UTF-8。";
    "export --kind" => "列表：households 家庭、members 成员、visits 走访、needs 需求、wishes 心愿、leads 线索";
    "export --out" => "文件，.xlsx 或 .csv；未给出时为“列表-日期.xlsx”";
    "export --unmask" => "完整写出身份信息";
    "export --reason" => "为什么需要身份信息";
    "stats" => "统计数据目录中的内容\n\n每个心愿只计一次：认领待服务器确认的计入 tentative，不计入 claimed。pending 为服务器尚未确认的操作，refused、conflicts 为服务器退回的；单机使用时三者为 0。";
    "audit" => "查看审计记录：本机的每一次操作，最早的在前\n\n只列记录和字段，不列内容。--verify 通读全部记录，检查有无缺失、改动或错位。";
    "audit --since" => "从何时起：2026-11-22、\"2026-11-22 08:30\"、-7 天";
    "audit --verify" => "改为检查摘要链";
    "worker" => "查看和登记工作人员";
    "worker add" => "登记一名工作人员，用于共同走访和双人确认";
    "worker add --name" => "姓名";
    "worker add --role" => "角色：grid_worker 网格员、village_cadre 村社干部、party_member 党员、social_worker 社工、volunteer 志愿者、clan_observer 宗亲观察员、department_officer 部门经办、charity_officer 慈善经办、civil_affairs 民政管理、auditor 审计";
    "worker add --phone" => "联系电话";
    "worker list" => "列出工作人员，本人有标记";
    "backup" => "把全部数据写入一个加密文件\n\n备份用本数据目录的密钥打开：口令，或密钥文件（须另行保存）。--own-passphrase-file 可为备份另设口令。";
    "backup --file" => "要写的文件；同名文件在新文件完整后才被替换";
    "backup --own_passphrase_file" => "口令文件，首行为这份备份单独的口令";
    "restore" => "从备份建立数据目录\n\n目录中不得已有数据。先核对整份备份，再写入。用密钥文件的备份需要 --key-file。";
    "restore --file" => "备份文件";
    "restore --key_file" => "原数据目录的密钥文件";
    "doctor" => "检查日志、记录、密钥、时间和磁盘\n\n通读全部数据。--repair 在记录索引受损时重建；受损文件移到隔离区，从不删除。";
    "doctor --repair" => "修复可以修复的";
    "compact" => "重新整理记录，收回磁盘空间\n\n不丢失任何内容，审计记录保持完整。doctor 提示时使用。";
    "key" => "查看或更改数据密钥的保存方式";
    "key show" => "显示密钥的保存方式：passphrase 口令、key_file 密钥文件、unsealed 未加密";
    "key passphrase" => "设置或更改口令\n\n数据本身不变，只重新包装密钥。以前的备份仍用当时的口令打开。";
    "key passphrase --new_passphrase_file" => "口令文件，首行为新口令；未给出时询问两次";
    "key file" => "改用数据目录旁的密钥文件，不再需要口令\n\n适用于自行启动的机器；拿到数据目录的人即可打开数据。";
    "demo" => "在空目录生成演示数据并打开控制台\n\n规模、种子和日期相同则数据相同。village 600户，town 2,000户，county 10,000户，city 85,700户139,100人。全部为虚构：身份证号以99开头，没有这样的省份。";
    "demo --size" => "规模：village 村、town 镇、county 县、city 市";
    "demo --seed" => "同样规模的另一份演示数据";
    "demo --no_open" => "不打开控制台";
    "verify-demo" => "核对演示数据与论文中的数字";
    "settings" => "查看或修改设置：lang、theme、borders、keymap、worker、mouse\n\n保存在数据目录的 settings.toml。不给值则显示，不给名称则显示全部。";
    "settings --name" => "哪一项：lang 语言、theme 配色、borders 边框、keymap 键位、worker 人员、mouse 鼠标";
    "settings --value" => "设为什么";
    "settings --unset" => "恢复默认";
    "keymap" => "查看、检查和打印键位\n\n自己的键位文件只写不同的键；用 zhulian settings keymap 文件 启用。";
    "keymap --list" => "列出当前键位（默认）";
    "keymap --check" => "检查键位文件，逐行指出错误";
    "keymap --print" => "打印程序自带的键位，作为自己文件的底稿：default、vim";
    "completions" => "打印命令行补全脚本\n\nbash：zhulian completions bash > ~/.local/share/bash-completion/completions/zhulian";
    "completions --shell" => "命令行程序：bash、elvish、fish、powershell、zsh";
    "man" => "打印手册页，或写出所有命令的手册页";
    "man --dir" => "把每个命令的手册页写到这个目录";

    "wish" => "填写、发布、认领心愿，办理到圆梦";
    "wish add" => "由已核实的需求填写心愿卡\n\n心愿卡不得泄露身份：文字中有姓名、号码、门牌或病名的，不予保存。";
    "--text" => "心愿内容，不超过120字";
    "--category" => "心愿类别：appliance 家用电器、daily 生活用品、bedding 衣被、food 食品、study 学习用品、assistive 辅助器具、culture 文体用品、furniture 家具、repair 居家小修、service 服务陪伴、skill 学技就业、other 其他";
    "--ceiling" => "金额上限（元）";
    "--units" => "份数";
    "--until" => "公示截止：日期，或 +30 天";
    "wish add --not_duplicate" => "再次提供的理由：该户已有同类心愿或物品时必填";
    "wish add --publish" => "同时发布";
    "wish edit" => "修改尚未发布或被驳回的心愿卡";
    "wish submit" => "提交心愿卡待审核";
    "wish publish" => "发布到心愿池";
    "wish reject" => "驳回已提交的心愿卡，须注明原因";
    "wish reject --reason" => "驳回原因：identity_shown 泄露身份、too_large 超出额度、unsuitable 不适宜、incomplete 资料不完整、duplicate 重复、covered 已解决、other 其他";
    "--remark" => "文字说明；原因为“其他”时必填";
    "wish withdraw" => "从心愿池撤回，须注明原因";
    "wish list" => "列出心愿卡（不含身份信息）：退回重发的在前，其次最新";
    "wish list --state" => "只列这一状态；pool 表示仍可认领的，tentative 表示认领待服务器确认的";
    "wish claim" => "认领心愿\n\n未经服务器确认的认领是“待确认”：在本机有效，接入服务器后可能已由他人先认领。";
    "wish claim --claimant" => "认领人；未给出为本人";
    "wish claim --phone" => "认领人电话";
    "wish release" => "放弃认领，退回心愿池";
    "wish release --reason" => "放弃原因：cannot_supply 无法提供、over_budget 超出预算、mistaken 误认领、other_chosen 已另选、no_contact 联系不上、beneficiary_declined 受助人谢绝、other 其他";
    "wish connect" => "记录认领人与家庭已对接";
    "wish fulfil" => "记录已圆梦";
    "wish fulfil --evidence" => "圆梦说明";
    "wish confirm" => "受助人确认圆梦，需求随之办结";
    "--wish" => "心愿：编号、编号前几位或心愿号";
    "--claim" => "心愿（指其最近的认领）或认领的编号";
    "--reason" => "原因：untrue 不属实、incomplete 资料不完整、duplicate 重复、out_of_scope 不属范围、covered 已由其他渠道解决、unreachable 联系不上、other 其他";

    "serve" => "运行中心服务器，直到收到结束信号（SIGTERM 或 SIGINT）\n\n可以接收请求时输出一行；运行日志写到标准错误。运行期间可用 server 命令管理。";
    "serve --listen" => "监听地址；端口 0 表示自动选取空闲端口";
    "serve --store" => "数据库：sled（在数据目录内，默认）或 postgres://…；未给出时用环境变量 ZHULIAN_STORE";
    "serve --tls_cert" => "PEM 格式的证书链；与 --tls-key 同时给出时启用 HTTPS";
    "serve --tls_key" => "PEM 格式的证书私钥";
    "serve --concurrency" => "同时处理的请求数，其余排队";
    "serve --queue" => "排队的请求数，超出的请稍后再来";
    "serve --log" => "日志级别：error、warn、info（每个请求）或 debug";
    "server" => "管理中心服务器";
    "server --store" => "服务器数据库：sled 或 postgres://…；未给出时用环境变量 ZHULIAN_STORE，再无则用上次运行的";
    "--store" => "服务器数据库：sled 或 postgres://…；未给出时用环境变量 ZHULIAN_STORE，再无则用上次运行的";
    "server worker" => "全县工作人员";
    "server worker add" => "登记一名工作人员";
    "server worker add --name" => "姓名";
    "server worker add --role" => "角色：grid_worker 网格员、village_cadre 村社干部、party_member 党员、social_worker 社工、volunteer 志愿者、clan_observer 宗亲观察员、department_officer 部门经办、charity_officer 慈善经办、civil_affairs 民政管理、auditor 审计";
    "server worker add --phone" => "联系电话";
    "server worker add --territory" => "负责区域：村、镇或县的区划代码，可多次给出";
    "server worker list" => "列出全县工作人员";
    "server device" => "设备及其一次性登记码";
    "server device code" => "发放一次性登记码：10 分钟内有效，可试 5 次，限定人员和区域";
    "server device code --worker" => "设备的使用人，填编号或姓名；多人共用时可多次给出";
    "server device code --territory" => "设备可保存的区域：村、镇或县的区划代码，可多次给出；未给出时为使用人的负责区域";
    "server device code --no_pool" => "不向该设备提供公开心愿";
    "server device code --name" => "设备名称";
    "server device list" => "列出设备";
    "server device revoke" => "停用一台设备，下次请求起生效\n\n设备尚未上传的内容会另行留存，可用 server ingest --supervised 在监督下补录。";
    "server device revoke --device" => "设备：编号或名称";
    "server feed" => "数据范围及其归属";
    "server feed list" => "列出一台设备可保存的范围及各自的末条序号";
    "server feed list --device" => "设备：编号或名称";
    "server feed give" => "调整一台设备的区域；不再保存的内容在其待上传清空后删除";
    "server feed give --device" => "设备：编号或名称";
    "server feed give --territory" => "村、镇或县的区划代码，可多次给出，替换原有区域";
    "server feed give --no_pool" => "不向该设备提供公开心愿";
    "server ingest" => "接收以文件送来的一批操作\n\n内容与设备联网上传的相同，带设备签章。答复写在文件旁或 --reply 处，带回设备。重复接收不会重复生效。";
    "server ingest --file" => "设备导出的文件";
    "server ingest --reply" => "答复文件；未给出时为“文件名.reply”";
    "server ingest --supervised" => "补录已停用设备的内容";
}
