BEGIN TRANSACTION;
CREATE TABLE about (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "about" VALUES('schema_version','1');
INSERT INTO "about" VALUES('archive','YEY23A0FEJG0');
CREATE TABLE acts (
	id TEXT NOT NULL, 
	act TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	target TEXT NOT NULL, 
	path TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "acts" VALUES('A1','withdraw','C-00000002','XMMMDC6R3KXY','cases/C-00000002/acts/2026-11-22-withdraw-A1',16);
CREATE TABLE case_identifiers (
	type TEXT NOT NULL, 
	value TEXT NOT NULL, 
	submission_id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	is_unique INTEGER NOT NULL, 
	PRIMARY KEY (type, value, submission_id)
)
 STRICT

;
INSERT INTO "case_identifiers" VALUES('dmh_id','1234567','1RJNEE889HJH','C-00000002',1);
CREATE TABLE cases (
	id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	merged_into TEXT NOT NULL, 
	opened_by TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "cases" VALUES('C-00000001','active','','D36SQWNYAX47');
INSERT INTO "cases" VALUES('C-00000002','active','','1RJNEE889HJH');
CREATE TABLE deposits (
	path TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	manifest_sha256 TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (path)
)
 STRICT

;
INSERT INTO "deposits" VALUES('received/2026-11-22/YQJQSMK98N5R','received','YQJQSMK98N5R','','d8c650a0df369f2e875fdd43e93c2008360ac8fc216442f5ac24ff38438395b6',1);
INSERT INTO "deposits" VALUES('received/2026-11-22/01MP98X6855R','received','01MP98X6855R','','c221556e74307fff1de034609e8867271213668003d341a0ccfb08445808874d',2);
INSERT INTO "deposits" VALUES('cases/C-00000001/submissions/2026-11-22-intake-D36SQWNYAX47','submission','D36SQWNYAX47','C-00000001','5a177d75f2900717b4e570fd88eb70225dd026cc82aef4cd3dc123f2d7acb7bd',3);
INSERT INTO "deposits" VALUES('held/49NW9KJNEKMJ/1','held','49NW9KJNEKMJ-1','','2360a562d5e821542ae2aa6fdc5d4ee01b1a7ba6e819644a478707b2029b61de',5);
INSERT INTO "deposits" VALUES('cases/C-00000001/submissions/2026-11-22-intake-HKZSZETGKFAM','submission','HKZSZETGKFAM','C-00000001','81829932f82c0f3628212fc25bb9e1d1b9342000a125b1bfdef1c51ae06def4a',8);
INSERT INTO "deposits" VALUES('held/B1KEEZCQZZ7W/1','held','B1KEEZCQZZ7W-1','','41f44837d694a85e19c66759e52b07b0b05b63d527ac340ca33d1a4307ae08a0',10);
INSERT INTO "deposits" VALUES('cases/C-00000002/submissions/2026-11-22-intake-1RJNEE889HJH','submission','1RJNEE889HJH','C-00000002','c79b64cca26c3687a0d19a374de803ff43b46c6c6a1fef3a66146aaf783b9880',13);
INSERT INTO "deposits" VALUES('cases/C-00000002/submissions/2026-11-22-intake-XMMMDC6R3KXY','submission','XMMMDC6R3KXY','C-00000002','7500f8f3e24a65d15f996ef18e3b6cdc4a60347e2b7323dab7c78f84ec1ae4af',14);
INSERT INTO "deposits" VALUES('cases/C-00000002/packets/2026-11-22-isp-K1','packet','K1','C-00000002','54fb3fdd634104deecfba531b42fc47ee9f3d8b440b283db2a19d48d075aa2db',15);
INSERT INTO "deposits" VALUES('cases/C-00000002/acts/2026-11-22-withdraw-A1','act','A1','C-00000002','6cb974092ff52723f948fef554e39a55edf99d6f87a5dbed06a39b18b08d1cdd',16);
INSERT INTO "deposits" VALUES('received/2026-11-22/D-ready','received','D-ready','','f5caafcae2619403a4c9ec31d209d7c8a918672d35033a5fa442c8c158bb248e',17);
INSERT INTO "deposits" VALUES('received/2026-11-22/D-lapsed','received','D-lapsed','','62b6623f7208a56d0ea5d55d690e1fc04ae655f80df62065f2170031bb5844c7',18);
INSERT INTO "deposits" VALUES('received/2026-11-22/D-live','received','D-live','','4e9683a5bbb39f6b86936e1dc4890686f21d82f07959f635a992d67e1951e5dd',19);
INSERT INTO "deposits" VALUES('received/2026-11-22/D-waiting','received','D-waiting','','c33e40cf97b258e946a11e5a142f5c0ac77b461a11164db8c4118d13bd64b2ba',20);
INSERT INTO "deposits" VALUES('received/2026-11-22/D-poisoned','received','D-poisoned','','a3b94d881117fd7633ec6fd3e5bdc78dd2e164aeb96dcf4b6b9c9f1fd1ed0af8',21);
CREATE TABLE drops (
	id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	received_at TEXT NOT NULL, 
	file_type TEXT NOT NULL, 
	source TEXT NOT NULL, 
	name TEXT NOT NULL, 
	batch TEXT NOT NULL, 
	path TEXT NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "drops" VALUES('YQJQSMK98N5R','42a4f5c8249f3c10244f7ca15c78c222486396c00bfe337ff8e0bf5d64b9f0c3',28,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan 0.pdf','','received/2026-11-22/YQJQSMK98N5R','finished');
INSERT INTO "drops" VALUES('01MP98X6855R','aad42fcfe472f0cd86b924483bc352e975b26105c5ef4dcd0d6d35c0713755aa',28,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan 1.pdf','','received/2026-11-22/01MP98X6855R','finished');
INSERT INTO "drops" VALUES('D-ready','4dbda4590cd2013be8740521be23255dbfe3b88515a32281392880ffdc3f29a2',7,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan.pdf','','received/2026-11-22/D-ready','received');
INSERT INTO "drops" VALUES('D-lapsed','3cc3b6a9824dca37bd1d14d7e6a0a423b1922533218b3e2f25d551659bfc52e8',8,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan.pdf','','received/2026-11-22/D-lapsed','received');
INSERT INTO "drops" VALUES('D-live','684f2258ba241c2e129d52f057b1ac9ea907f62b563272d1f04f865ea2440c04',6,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan.pdf','','received/2026-11-22/D-live','received');
INSERT INTO "drops" VALUES('D-waiting','9c2beae596e0c00de01b64ebc19f252e4fa3e469cb6d62f36c41989d04abaf4c',9,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan.pdf','','received/2026-11-22/D-waiting','received');
INSERT INTO "drops" VALUES('D-poisoned','646f17162a50663f6d49fe2f782136d996a8fe99895cdd6fb75ac421b5f10f99',10,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan.pdf','','received/2026-11-22/D-poisoned','received');
CREATE TABLE events (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	ids TEXT NOT NULL, 
	prev TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT

;
INSERT INTO "events" VALUES(1,'2026-11-22T12:00:00.000000Z','deposit','D0S9QJHD72A82JDM98ZBRZW4YB','{"id": "YQJQSMK98N5R", "kind": "received", "manifest_sha256": "d8c650a0df369f2e875fdd43e93c2008360ac8fc216442f5ac24ff38438395b6", "path": "received/2026-11-22/YQJQSMK98N5R"}','0000000000000000000000000000000000000000000000000000000000000000','091ab0030d7bfa062119062f32c103ca32d241f73ef31aa2c1bf1ef481adcee8');
INSERT INTO "events" VALUES(2,'2026-11-22T12:00:00.000000Z','deposit','93JW4G71T8Y7YJWW3BP13DYHS9','{"id": "01MP98X6855R", "kind": "received", "manifest_sha256": "c221556e74307fff1de034609e8867271213668003d341a0ccfb08445808874d", "path": "received/2026-11-22/01MP98X6855R"}','091ab0030d7bfa062119062f32c103ca32d241f73ef31aa2c1bf1ef481adcee8','bb1b670a910a7282e0e3979a5a25e03deb4b256a4357e9351d962c4d1f058765');
INSERT INTO "events" VALUES(3,'2026-11-22T12:00:00.000000Z','deposit','RYEFC222DNFESNWGHB32DD8NKY','{"id": "D36SQWNYAX47", "kind": "submission", "manifest_sha256": "5a177d75f2900717b4e570fd88eb70225dd026cc82aef4cd3dc123f2d7acb7bd", "path": "cases/C-00000001/submissions/2026-11-22-intake-D36SQWNYAX47"}','bb1b670a910a7282e0e3979a5a25e03deb4b256a4357e9351d962c4d1f058765','c87a929f67ef7326b2436c26da694cf0fd96608cbbbc4826cc52895e1caa1d9d');
INSERT INTO "events" VALUES(4,'2026-11-22T12:00:00.000000Z','part','ZYE7AFW34ZXEGAK21FY5G3QW7F','{"case": "C-00000001", "drop": "01MP98X6855R", "edition": "2026-11", "form": "intake", "outcome": "kept", "pages": [1], "part": "AG2P6Y81CJJV", "path": "", "reasons": [], "round": 0, "submission": "D36SQWNYAX47"}','c87a929f67ef7326b2436c26da694cf0fd96608cbbbc4826cc52895e1caa1d9d','668e72a62838f0929de97f27bfa004ad7a1e4181133c236380f3811e1ad88d36');
INSERT INTO "events" VALUES(5,'2026-11-22T12:00:00.000000Z','deposit','X0T1M9QW7NG90E0BYZHRKX3T58','{"id": "49NW9KJNEKMJ-1", "kind": "held", "manifest_sha256": "2360a562d5e821542ae2aa6fdc5d4ee01b1a7ba6e819644a478707b2029b61de", "path": "held/49NW9KJNEKMJ/1"}','668e72a62838f0929de97f27bfa004ad7a1e4181133c236380f3811e1ad88d36','794e5be3d82679e9feb8fcb49f52b56aed9ac277df009cc6fba1df686ef9c77f');
INSERT INTO "events" VALUES(6,'2026-11-22T12:00:00.000000Z','part','QB40ZWM51MJ4H6KGFX2X7WYV64','{"case": "", "drop": "01MP98X6855R", "edition": "", "form": "", "outcome": "held", "pages": [2], "part": "49NW9KJNEKMJ", "path": "held/49NW9KJNEKMJ/1", "reasons": ["unknown-form"], "round": 1, "submission": ""}','794e5be3d82679e9feb8fcb49f52b56aed9ac277df009cc6fba1df686ef9c77f','ed0890475b120243be36b2048fb348333360f9ca8333d3cab383baf16a9d11c8');
INSERT INTO "events" VALUES(7,'2026-11-22T12:00:00.000000Z','drop','HVQM5MM2D14P48CBPKBNNS7E1X','{"drop": "01MP98X6855R", "state": "finished"}','ed0890475b120243be36b2048fb348333360f9ca8333d3cab383baf16a9d11c8','db848ed84e4191a494685542a91b49b9922d359bd41ebe43fcb8cd39ee50b9f7');
INSERT INTO "events" VALUES(8,'2026-11-22T12:00:00.000000Z','deposit','T6FS0ZS1HMYA1G492FF5GMBNKS','{"id": "HKZSZETGKFAM", "kind": "submission", "manifest_sha256": "81829932f82c0f3628212fc25bb9e1d1b9342000a125b1bfdef1c51ae06def4a", "path": "cases/C-00000001/submissions/2026-11-22-intake-HKZSZETGKFAM"}','db848ed84e4191a494685542a91b49b9922d359bd41ebe43fcb8cd39ee50b9f7','bd5d39dea1912996edf1851b7b148383bb5193b9502ae3376faa9abfb36a9275');
INSERT INTO "events" VALUES(9,'2026-11-22T12:00:00.000000Z','part','R7JQK8ZW66571NBA6NHCYNNEQF','{"case": "C-00000001", "drop": "YQJQSMK98N5R", "edition": "2026-11", "form": "intake", "outcome": "kept", "pages": [1], "part": "ZZXBMR83GXR2", "path": "", "reasons": [], "round": 0, "submission": "HKZSZETGKFAM"}','bd5d39dea1912996edf1851b7b148383bb5193b9502ae3376faa9abfb36a9275','0cb771ad145ed7e1cffaed2e8f06f8769816b324e029f01a6d7b289eaf50059e');
INSERT INTO "events" VALUES(10,'2026-11-22T12:00:00.000000Z','deposit','5H2PGQCM0776FQFN1E5CYE0MXQ','{"id": "B1KEEZCQZZ7W-1", "kind": "held", "manifest_sha256": "41f44837d694a85e19c66759e52b07b0b05b63d527ac340ca33d1a4307ae08a0", "path": "held/B1KEEZCQZZ7W/1"}','0cb771ad145ed7e1cffaed2e8f06f8769816b324e029f01a6d7b289eaf50059e','2d14bad90cc027846b4dcb37985ee383573e995cf6ddb7ca0d3789cd4ae4618d');
INSERT INTO "events" VALUES(11,'2026-11-22T12:00:00.000000Z','part','V6XVD1FR2K9PSA9DC7EVQN1CKQ','{"case": "", "drop": "YQJQSMK98N5R", "edition": "", "form": "", "outcome": "held", "pages": [2], "part": "B1KEEZCQZZ7W", "path": "held/B1KEEZCQZZ7W/1", "reasons": ["unknown-form"], "round": 1, "submission": ""}','2d14bad90cc027846b4dcb37985ee383573e995cf6ddb7ca0d3789cd4ae4618d','ed02553e0fd5ff88ee3c35bb02b925a050b55d497aa1cd15b54df571b5adeb3f');
INSERT INTO "events" VALUES(12,'2026-11-22T12:00:00.000000Z','drop','C4V8MSGQFC6BGMAHVG5VFEPNRP','{"drop": "YQJQSMK98N5R", "state": "finished"}','ed02553e0fd5ff88ee3c35bb02b925a050b55d497aa1cd15b54df571b5adeb3f','65ebeda0c8ea4a6f47c5ac92d2ee07e95618dec53922e574129e7a2528779664');
INSERT INTO "events" VALUES(13,'2026-11-22T12:00:00.000000Z','deposit','SAA45NDZDPBERHVG66WQ1674KE','{"id": "1RJNEE889HJH", "kind": "submission", "manifest_sha256": "c79b64cca26c3687a0d19a374de803ff43b46c6c6a1fef3a66146aaf783b9880", "path": "cases/C-00000002/submissions/2026-11-22-intake-1RJNEE889HJH"}','65ebeda0c8ea4a6f47c5ac92d2ee07e95618dec53922e574129e7a2528779664','f7d7b2053f46db3ddbcdfa53f0ae9b35448d66b90498e6c14feddd32a8cbc400');
INSERT INTO "events" VALUES(14,'2026-11-22T12:00:00.000000Z','deposit','35RV9WJVSK4MM040461Q3X2PEZ','{"id": "XMMMDC6R3KXY", "kind": "submission", "manifest_sha256": "7500f8f3e24a65d15f996ef18e3b6cdc4a60347e2b7323dab7c78f84ec1ae4af", "path": "cases/C-00000002/submissions/2026-11-22-intake-XMMMDC6R3KXY"}','f7d7b2053f46db3ddbcdfa53f0ae9b35448d66b90498e6c14feddd32a8cbc400','e8a557d1a3a03baa9e805ecb5750ccc7526f2656c48e255b15086d97fde6b860');
INSERT INTO "events" VALUES(15,'2026-11-22T12:00:00.000000Z','deposit','8NMNATQYWQE63EFRFM71PAXMNC','{"id": "K1", "kind": "packet", "manifest_sha256": "54fb3fdd634104deecfba531b42fc47ee9f3d8b440b283db2a19d48d075aa2db", "path": "cases/C-00000002/packets/2026-11-22-isp-K1"}','e8a557d1a3a03baa9e805ecb5750ccc7526f2656c48e255b15086d97fde6b860','f5863952c722bb770c3f19090104697f25ff6462947567e00c822f0d3ae4c971');
INSERT INTO "events" VALUES(16,'2026-11-22T12:00:00.000000Z','deposit','9KJ45YKYBZCWPVKW8HS925EY2H','{"id": "A1", "kind": "act", "manifest_sha256": "6cb974092ff52723f948fef554e39a55edf99d6f87a5dbed06a39b18b08d1cdd", "path": "cases/C-00000002/acts/2026-11-22-withdraw-A1"}','f5863952c722bb770c3f19090104697f25ff6462947567e00c822f0d3ae4c971','d321e71f76046d12416b46cc6f5dd0112299f1ad413efacd871b3d960cf3a857');
INSERT INTO "events" VALUES(17,'2026-11-22T12:00:00.000000Z','deposit','98FB8NX3DVD44APYGR1A71VMA0','{"id": "D-ready", "kind": "received", "manifest_sha256": "f5caafcae2619403a4c9ec31d209d7c8a918672d35033a5fa442c8c158bb248e", "path": "received/2026-11-22/D-ready"}','d321e71f76046d12416b46cc6f5dd0112299f1ad413efacd871b3d960cf3a857','62167bc8ddf8f2c1d737b0de28b2696bc4bd0a119861c0305a4e5f182e805b6b');
INSERT INTO "events" VALUES(18,'2026-11-22T12:00:00.000000Z','deposit','48G9V0X5GV9HYBDRGSJ3A6CZ84','{"id": "D-lapsed", "kind": "received", "manifest_sha256": "62b6623f7208a56d0ea5d55d690e1fc04ae655f80df62065f2170031bb5844c7", "path": "received/2026-11-22/D-lapsed"}','62167bc8ddf8f2c1d737b0de28b2696bc4bd0a119861c0305a4e5f182e805b6b','cc3c13a1be9a1fba3faec9290e9cc44d9966d6123ad344a500d2a08411a5c4ef');
INSERT INTO "events" VALUES(19,'2026-11-22T12:00:00.000000Z','deposit','4298HVQ1NMCWY5KWPGDMEJGQ3M','{"id": "D-live", "kind": "received", "manifest_sha256": "4e9683a5bbb39f6b86936e1dc4890686f21d82f07959f635a992d67e1951e5dd", "path": "received/2026-11-22/D-live"}','cc3c13a1be9a1fba3faec9290e9cc44d9966d6123ad344a500d2a08411a5c4ef','9d1ab644caaed09cca96dae3e153e233f1c30ada2ebb286ea6759b63e68a15c5');
INSERT INTO "events" VALUES(20,'2026-11-22T12:00:00.000000Z','deposit','ESZYFH825C4H3MDR7XMVQXREKF','{"id": "D-waiting", "kind": "received", "manifest_sha256": "c33e40cf97b258e946a11e5a142f5c0ac77b461a11164db8c4118d13bd64b2ba", "path": "received/2026-11-22/D-waiting"}','9d1ab644caaed09cca96dae3e153e233f1c30ada2ebb286ea6759b63e68a15c5','c4dff103443163b249aa1ac04185ce00a6c47d712c037a01cccfabd330a6da0f');
INSERT INTO "events" VALUES(21,'2026-11-22T12:00:00.000000Z','deposit','Z3C6FDBWC0JD8SM6QVX37S237P','{"id": "D-poisoned", "kind": "received", "manifest_sha256": "a3b94d881117fd7633ec6fd3e5bdc78dd2e164aeb96dcf4b6b9c9f1fd1ed0af8", "path": "received/2026-11-22/D-poisoned"}','c4dff103443163b249aa1ac04185ce00a6c47d712c037a01cccfabd330a6da0f','e6c6a8bb0f33456a062a9d2216cb8639e11259b08b79f0bebff6cf7338f38971');
CREATE TABLE jobs (
	"key" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	boot TEXT NOT NULL, 
	lease_until_ms INTEGER NOT NULL, 
	not_before_ms INTEGER NOT NULL, 
	fence INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "jobs" VALUES('drop:YQJQSMK98N5R','drop','done','','c2d94989-c0ed-44d0-856a-378c52afca90',21415824,0,1,1,'');
INSERT INTO "jobs" VALUES('drop:01MP98X6855R','drop','done','','c2d94989-c0ed-44d0-856a-378c52afca90',21415797,0,1,1,'');
INSERT INTO "jobs" VALUES('drop:D-ready','drop','ready','','',0,0,0,0,'');
INSERT INTO "jobs" VALUES('drop:D-lapsed','drop','running','no-such-machine/1/1','frozen',61000,0,1,1,'');
INSERT INTO "jobs" VALUES('drop:D-live','drop','running','no-such-machine/1/1','frozen',3601000,0,1,1,'');
INSERT INTO "jobs" VALUES('drop:D-waiting','drop','ready','','frozen',3601000,31000,1,1,'ValueError');
INSERT INTO "jobs" VALUES('drop:D-poisoned','drop','poisoned','','frozen',3601000,1000,3,3,'ValueError');
CREATE TABLE packet_uses (
	packet_id TEXT NOT NULL, 
	submission_id TEXT NOT NULL, 
	PRIMARY KEY (packet_id, submission_id)
)
 STRICT

;
INSERT INTO "packet_uses" VALUES('K1','1RJNEE889HJH');
CREATE TABLE packets (
	id TEXT NOT NULL, 
	path TEXT NOT NULL, 
	name TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	as_of TEXT NOT NULL, 
	status TEXT NOT NULL, 
	inputs_hash TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (id, path)
)
 STRICT

;
INSERT INTO "packets" VALUES('K1','cases/C-00000002/packets/2026-11-22-isp-K1','isp','C-00000002','','2026-11-22','draft','PPHEY2ABG3SBQVX62W4Q2034AJB5W5VQJR1QMB8MT1VG6W5MDTN0',15);
CREATE TABLE parts (
	id TEXT NOT NULL, 
	drop_id TEXT NOT NULL, 
	pages TEXT NOT NULL, 
	form TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	submission_id TEXT NOT NULL, 
	round INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "parts" VALUES('AG2P6Y81CJJV','01MP98X6855R','1','intake','2026-11','kept','','C-00000001','D36SQWNYAX47',0,'');
INSERT INTO "parts" VALUES('49NW9KJNEKMJ','01MP98X6855R','2','','','held','unknown-form','','',1,'held/49NW9KJNEKMJ/1');
INSERT INTO "parts" VALUES('ZZXBMR83GXR2','YQJQSMK98N5R','1','intake','2026-11','kept','','C-00000001','HKZSZETGKFAM',0,'');
INSERT INTO "parts" VALUES('B1KEEZCQZZ7W','YQJQSMK98N5R','2','','','held','unknown-form','','',1,'held/B1KEEZCQZZ7W/1');
CREATE TABLE sheets (
	part_id TEXT NOT NULL, 
	round INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	PRIMARY KEY (part_id, round, kind)
)
 STRICT

;
INSERT INTO "sheets" VALUES('49NW9KJNEKMJ',1,'slip','48e99a43c75664d1eca8bf34e3b27d26f2e21be6b96a1c9e1022e981133c80cc','','waiting');
INSERT INTO "sheets" VALUES('B1KEEZCQZZ7W',1,'slip','5feb62734a5e6cfa2282d248afb2a33ced97a11d34e3c6117ef3b049286e8c89','','waiting');
CREATE TABLE steps (
	job_key TEXT NOT NULL, 
	step TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	output TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (job_key, step), 
	FOREIGN KEY(job_key) REFERENCES jobs ("key") ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE submissions (
	id TEXT NOT NULL, 
	part_id TEXT NOT NULL, 
	drop_id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	form TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	received_at TEXT NOT NULL, 
	effective TEXT NOT NULL, 
	period TEXT NOT NULL, 
	values_hash TEXT NOT NULL, 
	path TEXT NOT NULL, 
	withdrawn_by TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "submissions" VALUES('D36SQWNYAX47','AG2P6Y81CJJV','01MP98X6855R','C-00000001','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000001/submissions/2026-11-22-intake-D36SQWNYAX47','');
INSERT INTO "submissions" VALUES('HKZSZETGKFAM','ZZXBMR83GXR2','YQJQSMK98N5R','C-00000001','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000001/submissions/2026-11-22-intake-HKZSZETGKFAM','');
INSERT INTO "submissions" VALUES('1RJNEE889HJH','P1','D1','C-00000002','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000002/submissions/2026-11-22-intake-1RJNEE889HJH','');
INSERT INTO "submissions" VALUES('XMMMDC6R3KXY','P2','D1','C-00000002','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000002/submissions/2026-11-22-intake-XMMMDC6R3KXY','A1');
CREATE INDEX ix_drops_state ON drops (state);
CREATE INDEX ix_drops_sha256 ON drops (sha256);
CREATE INDEX ix_parts_outcome ON parts (outcome);
CREATE INDEX ix_parts_drop_id ON parts (drop_id);
CREATE INDEX ix_parts_case_id ON parts (case_id);
CREATE INDEX ix_case_identifiers_case_id ON case_identifiers (case_id);
CREATE INDEX submissions_by_values ON submissions (case_id, form, period, values_hash);
CREATE INDEX ix_submissions_case_id ON submissions (case_id);
CREATE INDEX ix_packets_case_id ON packets (case_id);
CREATE INDEX ix_packet_uses_submission_id ON packet_uses (submission_id);
CREATE INDEX ix_acts_act ON acts (act);
CREATE INDEX ix_acts_case_id ON acts (case_id);
CREATE INDEX ix_deposits_kind ON deposits (kind);
CREATE INDEX ix_events_key ON events ("key");
CREATE INDEX ix_sheets_sha256 ON sheets (sha256);
CREATE INDEX ix_jobs_state ON jobs (state);
COMMIT;
