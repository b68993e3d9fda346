//! Records of the known systems, made by us, and what must come out of each.

use crate::testing::read_as;

/// One JSON record in, the expected columns of its event.
fn check(record: &str, expected: &[(&str, &str)]) {
    let out = read_as(format!("{record}\n").as_bytes(), "json");
    assert_eq!((out.rows.len(), out.summary.unparsed), (1, 0), "{record}");
    for (column, value) in expected {
        assert_eq!(
            out.rows[0].get(column).as_deref(),
            Some(*value),
            "{column} of {record}"
        );
    }
}

#[test]
fn suricata_events_by_type() {
    check(
        r#"{"timestamp":"2026-01-01T00:12:03.5+0500","flow_id":77,"in_iface":"eth0","event_type":"flow","src_ip":"10.1.2.3","src_port":50122,"dest_ip":"198.51.100.7","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"bytes_toserver":100,"bytes_toclient":900,"start":"2026-01-01T00:12:00+0500","end":"2026-01-01T00:12:02+0500","age":2,"state":"closed"}}"#,
        &[
            ("time", "2026-01-01T00:12:03.5+05:00"),
            ("kind", "network.flow"),
            ("session", "77"),
            ("x_bytes", "1000"),
            ("x_duration_us", "2000000"),
            ("status", "closed"),
            ("service", "tls"),
            ("x_interface", "eth0"),
        ],
    );
    check(
        r#"{"timestamp":"2026-01-01T00:12:03.5+0500","flow_id":78,"event_type":"alert","src_ip":"203.0.113.9","src_port":4022,"dest_ip":"10.1.0.8","dest_port":80,"proto":"TCP","alert":{"action":"blocked","gid":1,"signature_id":2001219,"rev":3,"signature":"ET SCAN","severity":1},"http":{"hostname":"a.example","url":"/x","http_method":"GET","status":200}}"#,
        &[
            ("kind", "ids.alert"),
            ("outcome", "failure"),
            ("status", "blocked"),
            ("level", "3"),
            ("code", "2001219"),
            ("x_rule", "ET SCAN"),
            ("target", "/x"),
            ("attrs.http.status", "200"),
        ],
    );
    check(
        r#"{"timestamp":"2026-01-01T00:12:03Z","flow_id":79,"event_type":"dns","src_ip":"10.1.2.3","src_port":5353,"dest_ip":"10.1.0.53","dest_port":53,"proto":"UDP","dns":{"type":"query","id":7,"rrname":"mail.akimat.example","rrtype":"A"}}"#,
        &[
            ("kind", "dns.query"),
            ("target", "mail.akimat.example"),
            ("outcome", "unknown"),
        ],
    );
}

#[test]
fn akamai_security_events() {
    check(
        r#"{"type":"akamai_siem","format":"json","version":"1.0","attackData":{"configId":"77","policyId":"p1_2","clientIP":"203.0.113.9","rules":[{"rule":"950002","ruleAction":"alert","ruleMessage":"Command access"},{"rule":"CMD-ANOMALY","ruleAction":"deny","ruleMessage":"Anomaly"}]},"httpMessage":{"requestId":"a1","start":"1767208323","protocol":"HTTP/1.1","method":"GET","host":"portal.example","port":"443","path":"/a","status":"200","bytes":"266"},"userRiskData":{"username":"serik@akimat.example"}}"#,
        &[
            ("time", "2025-12-31T19:12:03Z"),
            ("kind", "ids.alert"),
            ("outcome", "failure"),
            ("src_ip", "203.0.113.9"),
            ("dst_port", "443"),
            ("user_name", "serik@akimat.example"),
            ("target", "/a"),
            ("x_rule", "Command access"),
        ],
    );
}

#[test]
fn azure_flow_logs() {
    check(
        r#"{"time":"2026-01-01T00:13:00.5Z","flowLogVersion":4,"macAddress":"00224871C205","category":"FlowLogFlowEvent","operationName":"FlowLogFlowEvent","flowRecords":{"flows":[{"aclID":"a","flowGroups":[{"rule":"DenyAll","flowTuples":["1767208323599,203.0.113.9,10.1.2.3,50122,22,6,I,D,NX,0,0,0,0"]}]}]}}"#,
        &[
            ("time", "2025-12-31T19:12:03.599Z"),
            ("kind", "firewall.block"),
            ("outcome", "failure"),
            ("status", "denied"),
            ("src_ip", "203.0.113.9"),
            ("src_port", "50122"),
            ("dst_ip", "10.1.2.3"),
            ("dst_port", "22"),
            ("protocol", "tcp"),
            ("x_rule", "DenyAll"),
            ("attrs.time", "2026-01-01T00:13:00.5Z"),
        ],
    );
    // Several flows: none of them is the event.
    check(
        r#"{"time":"2026-01-01T00:13:00.5Z","systemId":"s","category":"NetworkSecurityGroupFlowEvent","resourceId":"/X","operationName":"NetworkSecurityGroupFlowEvents","properties":{"Version":2,"flows":[{"rule":"r","flows":[{"mac":"m","flowTuples":["1767208323,203.0.113.9,10.1.2.3,50122,22,T,I,A,B,,,,","1767208324,203.0.113.9,10.1.2.4,50123,22,T,I,D,B,,,,"]}]}]}}"#,
        &[
            ("time", "2026-01-01T00:13:00.5Z"),
            ("kind", "network.flow"),
            ("outcome", "unknown"),
        ],
    );
}

#[test]
fn names_below_any_parent_and_lists_of_pairs() {
    check(
        r#"{"time":"2026-01-01T00:12:03Z","type":"USER_CONNECTION_FAILURE","source":{"userName":"aigul","ip":"10.1.2.3"},"target":{"userName":"admin"}}"#,
        &[
            ("user_name", "aigul"),
            ("src_ip", "10.1.2.3"),
            ("outcome", "failure"),
        ],
    );
    check(
        r#"{"time":"2026-01-01T00:12:03Z","path":"/users/sign_in","params":[{"key":"token","value":"[FILTERED]"},{"key":"user","value":{"login":"serik","password":"[FILTERED]"}}],"headers":[{"key":"host","value":"x.example"}]}"#,
        &[
            ("user_name", "serik"),
            ("attrs.params.value.password", "[FILTERED]"),
        ],
    );
    check(
        r#"{"time":"2026-01-01T00:12:03Z","event":"user.login","success":false,"user":"aigul","addr.remote":"10.1.2.3:4022"}"#,
        &[
            ("src_ip", "10.1.2.3"),
            ("src_port", "4022"),
            ("outcome", "failure"),
        ],
    );
}

#[test]
fn kubernetes_audit_events() {
    check(
        r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/default/secrets/db","verb":"get","user":{"username":"serik","groups":["dev"]},"sourceIPs":["203.0.113.9","10.0.0.1"],"userAgent":"kubectl/1.30","objectRef":{"resource":"secrets","namespace":"default","name":"db"},"responseStatus":{"code":403,"reason":"Forbidden"},"requestReceivedTimestamp":"2026-01-01T00:12:03.123456Z","stageTimestamp":"2026-01-01T00:12:03.2Z","annotations":{"authorization.k8s.io/decision":"forbid"}}"#,
        &[
            ("time", "2026-01-01T00:12:03.123456Z"),
            ("time_end", "2026-01-01T00:12:03.2Z"),
            ("kind", "data.access"),
            ("outcome", "failure"),
            ("user_name", "serik"),
            ("src_ip", "203.0.113.9"),
            ("action", "get"),
            ("status", "403"),
            ("attrs.sourceIPs", "10.0.0.1"),
            ("x_record_id", "a-1"),
        ],
    );
    check(
        r#"{"kind":"Event","auditID":"a-2","stage":"ResponseComplete","verb":"create","user":{"username":"aigul"},"objectRef":{"resource":"pods","subresource":"exec","name":"db-0"},"responseStatus":{"code":101},"stageTimestamp":"2026-01-01T00:12:05Z"}"#,
        &[
            ("kind", "remote.access"),
            ("outcome", "success"),
            ("time", "2026-01-01T00:12:05Z"),
        ],
    );
}

#[test]
fn cloudtrail_in_all_its_wrappings() {
    check(
        r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/ops/serik","accessKeyId":"ASIA1"},"eventTime":"2026-01-01T00:12:03Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","sourceIPAddress":"203.0.113.9","errorCode":"Client.UnauthorizedOperation","errorMessage":"no","requestParameters":{"groupId":"sg-1"},"eventID":"e-1"}"#,
        &[
            ("kind", "config.change"),
            ("outcome", "failure"),
            ("status", "Client.UnauthorizedOperation"),
            ("user_name", "arn:aws:sts::1:assumed-role/ops/serik"),
            ("src_ip", "203.0.113.9"),
            ("target", "sg-1"),
            ("x_record_id", "e-1"),
        ],
    );
    check(
        r#"{"EventId":"e-2","EventName":"CreateUser","CloudTrailEvent":"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"userName\":\"aigul\"},\"eventTime\":\"2026-01-01T00:12:04Z\",\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"CreateUser\",\"sourceIPAddress\":\"10.1.2.3\",\"requestParameters\":{\"userName\":\"helper\"}}"}"#,
        &[
            ("kind", "account.create"),
            ("outcome", "success"),
            ("user_name", "aigul"),
            ("target_user", "helper"),
            ("time", "2026-01-01T00:12:04Z"),
            ("attrs.EventId", "e-2"),
        ],
    );
    let out = read_as(
        br#"{"Records":[{"eventVersion":"1.08","eventTime":"2026-01-01T00:12:03Z","eventSource":"s3.amazonaws.com","eventName":"DeleteObject","userIdentity":{"userName":"a"}},{"eventVersion":"1.08","eventTime":"2026-01-01T00:12:04Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"userName":"b"},"responseElements":{"ConsoleLogin":"Failure"}}]}"#,
        "json",
    );
    let kinds: Vec<_> = out
        .rows
        .iter()
        .map(|r| (r.get("kind").unwrap(), r.get("outcome").unwrap()))
        .collect();
    let expected = [("object.delete", "success"), ("auth.logon", "failure")];
    assert_eq!(kinds, expected.map(|(k, o)| (k.to_owned(), o.to_owned())));
}

#[test]
fn microsoft_cloud_records() {
    check(
        r#"{"CreationTime":"2026-01-01T00:12:03","Id":"i-1","Operation":"UserLoginFailed","RecordType":15,"ResultStatus":"Failed","UserId":"serik@akimat.example","ClientIP":"[2001:db8::7]:50122","Workload":"AzureActiveDirectory","LogonError":"InvalidUserNameOrPassword"}"#,
        &[
            ("time", "2026-01-01T00:12:03Z"),
            ("time_basis", "stated"),
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "serik@akimat.example"),
            ("src_ip", "2001:db8::7"),
            ("src_port", "50122"),
            ("x_reason", "InvalidUserNameOrPassword"),
        ],
    );
    check(
        r#"{"CreationTime":"2026-01-01T00:12:03","Id":"i-2","Operation":"FileDeleted","RecordType":6,"UserId":"aigul","ClientIP":"::1","Workload":"SharePoint","ObjectId":"https://a.example/x.docx"}"#,
        &[
            ("kind", "object.delete"),
            ("outcome", "unknown"),
            ("src_ip", "::1"),
            ("target", "https://a.example/x.docx"),
        ],
    );
    check(
        r#"{"time":"2026-01-01T00:12:03.5Z","resourceId":"/tenants/t","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","resultDescription":"Invalid username or password","callerIpAddress":"203.0.113.9","correlationId":"c","Level":4,"properties":{"userPrincipalName":"serik@akimat.example","status":{"errorCode":50126}}}"#,
        &[
            ("kind", "auth.logon"),
            ("outcome", "failure"),
            ("user_name", "serik@akimat.example"),
            ("src_ip", "203.0.113.9"),
            ("status", "50126"),
        ],
    );
}

#[test]
fn palo_alto_in_json() {
    check(
        r#"{"TimeReceived":"2026-01-01T00:12:09Z","DeviceSN":"1","LogType":"TRAFFIC","Subtype":"end","TimeGenerated":"2026-01-01T00:12:03Z","SourceAddress":"10.1.2.3","DestinationAddress":"198.51.100.7","SourcePort":50122,"DestinationPort":443,"Protocol":"tcp","Action":"deny","DeviceName":"PA-1","SourceUser":"akimat\\aigul","Rule":"out"}"#,
        &[
            ("time", "2026-01-01T00:12:03Z"),
            ("kind", "firewall.block"),
            ("outcome", "failure"),
            ("host", "PA-1"),
            ("user_name", "akimat\\aigul"),
            ("provider", "TRAFFIC/end"),
        ],
    );
}

/// A user's mapping is stronger than what is known of a system.
#[test]
fn a_mapping_comes_first() {
    let options = crate::ParseOptions {
        format: Some("json".to_owned()),
        mapping: Some(crate::Mapping::parse("[fields]\n'flow_id' = 'code'\n").unwrap()),
        ..crate::testing::options()
    };
    let record =
        br#"{"timestamp":"2026-01-01T00:12:03Z","flow_id":79,"event_type":"dns","src_ip":"10.1.2.3"}"#;
    let out = crate::testing::read(record, &options);
    assert_eq!(out.rows[0].get("code").as_deref(), Some("79"));
    assert_eq!(out.rows[0].get("src_ip").as_deref(), Some("10.1.2.3"));
}
