//! The connection between a device and a server, and the server's HTTP interface.

crate::messages! {
    bad_url(url: &str) => "服务器地址无效：{url}", "not the address of a server: {url}";
    bad_url_remedy => "请填写以 https:// 开头的完整地址，例如 https://zhulian.example.gov.cn", "give the whole address, beginning with https://";
    insecure => "该地址未加密，设备密钥会以明文传输", "the connection is not encrypted: the device's key would travel in the open";
    insecure_remedy => "请使用 https:// 地址；服务器用 --tls-cert 和 --tls-key 启用加密", "use an https:// address; the server offers it with --tls-cert and --tls-key";
    not_joined => "本机尚未加入服务器", "this device has not joined a server";
    bad_certificate_file(detail: &str) => "证书文件无法使用：{detail}", "the certificate file cannot be used: {detail}";
    bad_certificate_file_remedy => "请检查文件是否为 PEM 格式的证书", "check that the file holds certificates in PEM form";
    untrusted_issuer => "服务器证书不是由本机信任的机构签发的", "nobody whom this device trusts has signed the server's certificate";
    untrusted_remedy => "请核对地址；如为单位自签证书，请指定其证书文件", "check the address; for a certificate of your own bureau, name its certificate file";
    untrusted_name => "服务器证书与所填地址不符", "the server's certificate is for another address";
    untrusted_name_remedy => "请核对服务器地址；地址无误的，请联系服务器管理员更换证书", "check the address; if it is right, ask whoever runs the server for a certificate with this name";
    untrusted_date => "服务器证书已过期或尚未生效", "the server's certificate is over, or not valid yet";
    untrusted_date_remedy => "请先核对本机日期和时间；日期无误的，请联系服务器管理员更换证书", "check this machine's date and time; if they are right, ask whoever runs the server to renew the certificate";
    untrusted_handshake => "未能与服务器建立加密连接", "no encrypted connection to the server came about";
    untrusted_handshake_remedy => "请核对地址和端口是否为 https 服务；仍不成功的，请联系服务器管理员", "check that address and port offer https; if they do, ask whoever runs the server";
    offline => "无法连接服务器", "the server cannot be reached";
    offline_remedy => "请检查网络后再同步；已录入的内容保存在本机", "check the network and sync again; what was entered is safe on this device";
    offline_refused => "无法连接服务器：该地址和端口没有程序应答", "the server cannot be reached: nothing answers at that address and port";
    offline_refused_remedy => "请核对服务器地址和端口，或请管理员确认服务器已启动；已录入的内容保存在本机", "check address and port, or ask whether the server is running; what was entered is safe on this device";
    offline_name => "无法连接服务器：找不到该地址对应的主机", "the server cannot be reached: there is no host of that name";
    offline_name_remedy => "请检查网络是否连通，并核对服务器地址；已录入的内容保存在本机", "check the network and the server's address; what was entered is safe on this device";
    offline_network => "无法连接服务器：网络不通", "the server cannot be reached: there is no way to that network";
    offline_broken => "与服务器的连接中断", "the connection to the server broke off";
    offline_proxy => "无法经代理服务器连接", "the proxy does not let the connection through";
    offline_proxy_remedy => "请检查代理设置（环境变量 HTTPS_PROXY、HTTP_PROXY、ALL_PROXY）；已录入的内容保存在本机", "check the proxy (the variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY); what was entered is safe on this device";
    timeout => "服务器未在规定时间内答复", "the server did not answer in time";
    timeout_remedy => "请稍后再同步；重复发送不会重复生效", "sync again later; sending twice has no second effect";
    not_a_server(detail: &str) => "该地址不是助联服务器：{detail}", "what answers there is not a server of this program: {detail}";
    not_a_server_remedy => "请核对服务器地址和端口", "check the address and the port";

    unsigned => "请求未签名或签名格式不正确", "the request is not signed, or its signature cannot be read";
    unsigned_remedy => "请先用一次性登记码加入服务器", "join the server with a one-time code first";
    stale => "请求时间与服务器时间相差过大", "the time of the request is too far from the server's clock";
    stale_remedy => "按答复中的服务器时间重新签名后再发送", "sign again with the server's clock, which is in the answer";
    no_route => "没有这个接口", "there is no such resource";
    no_route_remedy => "接口说明见 /openapi.json", "see /openapi.json";
    no_method => "该接口不支持此方法", "this resource does not take that method";
    no_method_remedy => "接口说明见 /openapi.json", "see /openapi.json";
    slow => "请求未在规定时间内完成", "the request was not complete in time";
    slow_remedy => "请稍后重试", "try again later";
    bad_media(media: &str) => "不支持的内容类型：{media}", "bodies of that type are not read: {media}";
    bad_media_remedy(media: &str) => "请使用 {media} 或 application/json", "send {media} or application/json";
    address(detail: &str) => "无法在该地址监听：{detail}", "cannot listen there: {detail}";
    address_remedy => "请换一个地址或端口，或停止占用它的程序", "choose another address or port, or end the program that has it";
    tls(detail: &str) => "证书或私钥无法使用：{detail}", "certificate or key cannot be used: {detail}";
    tls_remedy => "请提供 PEM 格式的证书链和私钥，两者须配套", "give a certificate chain and its key, both in PEM form";
}
