BEGIN TRANSACTION;
CREATE TABLE about (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "about" VALUES('schema_version','2');
INSERT INTO "about" VALUES('archive','QSSHEEETY38E');
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
INSERT INTO "cases" VALUES('C-00000001','active','','66AMD7SJQ4R6');
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
INSERT INTO "deposits" VALUES('received/2026-11-22/W09RTK675WVW','received','W09RTK675WVW','','7889f8fc0fc4b7755f2a6d39c0698c6f020edeb913d19e70bbfb9f802c904a5a',1);
INSERT INTO "deposits" VALUES('received/2026-11-22/0CPM03YX2SW3','received','0CPM03YX2SW3','','2b7d8b7e899e46d444085defced057a411dbe7b248463c874d3527e4b64d49af',2);
INSERT INTO "deposits" VALUES('cases/C-00000001/submissions/2026-11-22-intake-66AMD7SJQ4R6','submission','66AMD7SJQ4R6','C-00000001','9606befa78a4f84b26cc85a7b8367cf6d0609b541f7f7f664163c9a5912c0b88',3);
INSERT INTO "deposits" VALUES('held/V3QNPQD0JV8V/1','held','V3QNPQD0JV8V-1','','91627b0985fa5a84a1d5c8e026fff05fe1cf07f68775ac5c2c55838cf387f45b',5);
INSERT INTO "deposits" VALUES('cases/C-00000001/submissions/2026-11-22-intake-9WBQZ2TJ1SSY','submission','9WBQZ2TJ1SSY','C-00000001','23813e93d04097aaf65bcd6c15f5ce457d5dd6c8ff3cafeb78d1dea4fcd55319',8);
INSERT INTO "deposits" VALUES('held/W5ADCWXQ0M0R/1','held','W5ADCWXQ0M0R-1','','612efa5bb6c507584376c0152c5a65277a82b75d2f215f3b5f24c8540798db8e',10);
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
INSERT INTO "drops" VALUES('W09RTK675WVW','42a4f5c8249f3c10244f7ca15c78c222486396c00bfe337ff8e0bf5d64b9f0c3',28,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan 0.pdf','','received/2026-11-22/W09RTK675WVW','finished');
INSERT INTO "drops" VALUES('0CPM03YX2SW3','aad42fcfe472f0cd86b924483bc352e975b26105c5ef4dcd0d6d35c0713755aa',28,'2026-11-22T12:00:00.000000Z','pdf','inbox','scan 1.pdf','','received/2026-11-22/0CPM03YX2SW3','finished');
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
INSERT INTO "events" VALUES(1,'2026-11-22T12:00:00.000000Z','deposit','ZQB8YTYM6ZHRA4GBPG8WKNSF4K','{"id": "W09RTK675WVW", "kind": "received", "manifest_sha256": "7889f8fc0fc4b7755f2a6d39c0698c6f020edeb913d19e70bbfb9f802c904a5a", "path": "received/2026-11-22/W09RTK675WVW"}','0000000000000000000000000000000000000000000000000000000000000000','78ac485e15cd9a79db60cca43f3e2bbf07f6c0260143ca74e0536fa8ec6819e0');
INSERT INTO "events" VALUES(2,'2026-11-22T12:00:00.000000Z','deposit','RKVTK9EXDDJ3247QMHXE66RA7M','{"id": "0CPM03YX2SW3", "kind": "received", "manifest_sha256": "2b7d8b7e899e46d444085defced057a411dbe7b248463c874d3527e4b64d49af", "path": "received/2026-11-22/0CPM03YX2SW3"}','78ac485e15cd9a79db60cca43f3e2bbf07f6c0260143ca74e0536fa8ec6819e0','2db214cb8bab8a6f8e032718b55afe1b380df58ffb379b51f4969f8d77792ba0');
INSERT INTO "events" VALUES(3,'2026-11-22T12:00:00.000000Z','deposit','7NK4QF5QQ0J1HA1X5VHNK8C5MD','{"id": "66AMD7SJQ4R6", "kind": "submission", "manifest_sha256": "9606befa78a4f84b26cc85a7b8367cf6d0609b541f7f7f664163c9a5912c0b88", "path": "cases/C-00000001/submissions/2026-11-22-intake-66AMD7SJQ4R6"}','2db214cb8bab8a6f8e032718b55afe1b380df58ffb379b51f4969f8d77792ba0','81986c439c4457aaa49de7897cc229f52aa6b6ed6da6bfbeff61936dbdb5d63a');
INSERT INTO "events" VALUES(4,'2026-11-22T12:00:00.000000Z','part','G12BZ3DPZX8V3QJ3A2TMRT4JXJ','{"case": "C-00000001", "drop": "0CPM03YX2SW3", "edition": "2026-11", "form": "intake", "outcome": "kept", "pages": [1], "part": "EY2W91SXCXJK", "path": "", "reasons": [], "round": 0, "submission": "66AMD7SJQ4R6"}','81986c439c4457aaa49de7897cc229f52aa6b6ed6da6bfbeff61936dbdb5d63a','86e8e07008641a4582ba8963315c45f09a99f4f0f0bc7adab5be5476dfb1a8f6');
INSERT INTO "events" VALUES(5,'2026-11-22T12:00:00.000000Z','deposit','59BYTBP31Q3342Q3RA6NW9AMJ9','{"id": "V3QNPQD0JV8V-1", "kind": "held", "manifest_sha256": "91627b0985fa5a84a1d5c8e026fff05fe1cf07f68775ac5c2c55838cf387f45b", "path": "held/V3QNPQD0JV8V/1"}','86e8e07008641a4582ba8963315c45f09a99f4f0f0bc7adab5be5476dfb1a8f6','92f098f757b87e89f3e98277a2fa72bd5485a83529911bfe878f1f52fd8716bc');
INSERT INTO "events" VALUES(6,'2026-11-22T12:00:00.000000Z','part','E0ESHJ1SHATXSY0XM5QBMPA5K0','{"case": "", "drop": "0CPM03YX2SW3", "edition": "", "form": "", "outcome": "held", "pages": [2], "part": "V3QNPQD0JV8V", "path": "held/V3QNPQD0JV8V/1", "reasons": ["unknown-form"], "round": 1, "submission": ""}','92f098f757b87e89f3e98277a2fa72bd5485a83529911bfe878f1f52fd8716bc','9a3ad12ebea0bcb456dd474b4b4967871aa1e96c3403c9564d1194218ca275be');
INSERT INTO "events" VALUES(7,'2026-11-22T12:00:00.000000Z','drop','6M0S2GFBGGWH9JW4DNSH6DT770','{"drop": "0CPM03YX2SW3", "state": "finished"}','9a3ad12ebea0bcb456dd474b4b4967871aa1e96c3403c9564d1194218ca275be','39c89aff8bfd1658348111c559b175a2009a104204b3fa14ebcf2bf5dc683b07');
INSERT INTO "events" VALUES(8,'2026-11-22T12:00:00.000000Z','deposit','22GFRZM9J4M88R06YDWTCPC11N','{"id": "9WBQZ2TJ1SSY", "kind": "submission", "manifest_sha256": "23813e93d04097aaf65bcd6c15f5ce457d5dd6c8ff3cafeb78d1dea4fcd55319", "path": "cases/C-00000001/submissions/2026-11-22-intake-9WBQZ2TJ1SSY"}','39c89aff8bfd1658348111c559b175a2009a104204b3fa14ebcf2bf5dc683b07','8d61c112110b6a5fe4f9e092810d30512b66fac325d9818bd589939719e982d2');
INSERT INTO "events" VALUES(9,'2026-11-22T12:00:00.000000Z','part','XBH2V943DN04BAT1CTRWJ0YGNF','{"case": "C-00000001", "drop": "W09RTK675WVW", "edition": "2026-11", "form": "intake", "outcome": "kept", "pages": [1], "part": "4R3YX2M853VB", "path": "", "reasons": [], "round": 0, "submission": "9WBQZ2TJ1SSY"}','8d61c112110b6a5fe4f9e092810d30512b66fac325d9818bd589939719e982d2','6ffb18aae851ec3413a24096feb56f7a7fd2115a032347deea3983ee0e7b9a73');
INSERT INTO "events" VALUES(10,'2026-11-22T12:00:00.000000Z','deposit','W20K89A41H08VF1TCP983SHD5Y','{"id": "W5ADCWXQ0M0R-1", "kind": "held", "manifest_sha256": "612efa5bb6c507584376c0152c5a65277a82b75d2f215f3b5f24c8540798db8e", "path": "held/W5ADCWXQ0M0R/1"}','6ffb18aae851ec3413a24096feb56f7a7fd2115a032347deea3983ee0e7b9a73','2e61605011786fa2a7969aa8f1749679e6914709db938ef1e0ae01234e4b841e');
INSERT INTO "events" VALUES(11,'2026-11-22T12:00:00.000000Z','part','5D91H7HVHAMN65FXW7TR6T8BCN','{"case": "", "drop": "W09RTK675WVW", "edition": "", "form": "", "outcome": "held", "pages": [2], "part": "W5ADCWXQ0M0R", "path": "held/W5ADCWXQ0M0R/1", "reasons": ["unknown-form"], "round": 1, "submission": ""}','2e61605011786fa2a7969aa8f1749679e6914709db938ef1e0ae01234e4b841e','4c10615317a398282585dd4a311c3cc1e45ea6bc9cd54eb2c3a7ceee0a0dee8f');
INSERT INTO "events" VALUES(12,'2026-11-22T12:00:00.000000Z','drop','Q69MF3YV1XVHMXFVS3CS96ETS8','{"drop": "W09RTK675WVW", "state": "finished"}','4c10615317a398282585dd4a311c3cc1e45ea6bc9cd54eb2c3a7ceee0a0dee8f','5f575b6d202c153c8c710aa6a66f9f43e1c41d46535ae95ccc1a16226fe60656');
INSERT INTO "events" VALUES(13,'2026-11-22T12:00:00.000000Z','deposit','SAA45NDZDPBERHVG66WQ1674KE','{"id": "1RJNEE889HJH", "kind": "submission", "manifest_sha256": "c79b64cca26c3687a0d19a374de803ff43b46c6c6a1fef3a66146aaf783b9880", "path": "cases/C-00000002/submissions/2026-11-22-intake-1RJNEE889HJH"}','5f575b6d202c153c8c710aa6a66f9f43e1c41d46535ae95ccc1a16226fe60656','e84531a27c4b3b4f0622e451e7e6af9b438f4f37e13193ac5099e012d7d80787');
INSERT INTO "events" VALUES(14,'2026-11-22T12:00:00.000000Z','deposit','35RV9WJVSK4MM040461Q3X2PEZ','{"id": "XMMMDC6R3KXY", "kind": "submission", "manifest_sha256": "7500f8f3e24a65d15f996ef18e3b6cdc4a60347e2b7323dab7c78f84ec1ae4af", "path": "cases/C-00000002/submissions/2026-11-22-intake-XMMMDC6R3KXY"}','e84531a27c4b3b4f0622e451e7e6af9b438f4f37e13193ac5099e012d7d80787','91113495fd3ee696e1a26306a2f2b5598acbf6fb9257e3f27203eff82c5c9e7b');
INSERT INTO "events" VALUES(15,'2026-11-22T12:00:00.000000Z','deposit','8NMNATQYWQE63EFRFM71PAXMNC','{"id": "K1", "kind": "packet", "manifest_sha256": "54fb3fdd634104deecfba531b42fc47ee9f3d8b440b283db2a19d48d075aa2db", "path": "cases/C-00000002/packets/2026-11-22-isp-K1"}','91113495fd3ee696e1a26306a2f2b5598acbf6fb9257e3f27203eff82c5c9e7b','fce5a0a6925665d42801bc4aef3bc8141e273e12af6fe2925ff990b57b40fb69');
INSERT INTO "events" VALUES(16,'2026-11-22T12:00:00.000000Z','deposit','9KJ45YKYBZCWPVKW8HS925EY2H','{"id": "A1", "kind": "act", "manifest_sha256": "6cb974092ff52723f948fef554e39a55edf99d6f87a5dbed06a39b18b08d1cdd", "path": "cases/C-00000002/acts/2026-11-22-withdraw-A1"}','fce5a0a6925665d42801bc4aef3bc8141e273e12af6fe2925ff990b57b40fb69','7512bfb28f5a4338ef3541acb5fb6360b8129b4b605400455d7c7d934a55ca6b');
INSERT INTO "events" VALUES(17,'2026-11-22T12:00:00.000000Z','deposit','98FB8NX3DVD44APYGR1A71VMA0','{"id": "D-ready", "kind": "received", "manifest_sha256": "f5caafcae2619403a4c9ec31d209d7c8a918672d35033a5fa442c8c158bb248e", "path": "received/2026-11-22/D-ready"}','7512bfb28f5a4338ef3541acb5fb6360b8129b4b605400455d7c7d934a55ca6b','299fd77cff97c432e093df0c75a7db0f2db1b04f6fe88396d8752db4d938e67a');
INSERT INTO "events" VALUES(18,'2026-11-22T12:00:00.000000Z','deposit','48G9V0X5GV9HYBDRGSJ3A6CZ84','{"id": "D-lapsed", "kind": "received", "manifest_sha256": "62b6623f7208a56d0ea5d55d690e1fc04ae655f80df62065f2170031bb5844c7", "path": "received/2026-11-22/D-lapsed"}','299fd77cff97c432e093df0c75a7db0f2db1b04f6fe88396d8752db4d938e67a','47826c59aa731c05270a97bddc058a3b0063d24e594796f5b092f6b5c4dbbb80');
INSERT INTO "events" VALUES(19,'2026-11-22T12:00:00.000000Z','deposit','4298HVQ1NMCWY5KWPGDMEJGQ3M','{"id": "D-live", "kind": "received", "manifest_sha256": "4e9683a5bbb39f6b86936e1dc4890686f21d82f07959f635a992d67e1951e5dd", "path": "received/2026-11-22/D-live"}','47826c59aa731c05270a97bddc058a3b0063d24e594796f5b092f6b5c4dbbb80','66d020b538546c6d2e7f10ccf3d0de0a776b939469a3a9ded0735eb76e124494');
INSERT INTO "events" VALUES(20,'2026-11-22T12:00:00.000000Z','deposit','ESZYFH825C4H3MDR7XMVQXREKF','{"id": "D-waiting", "kind": "received", "manifest_sha256": "c33e40cf97b258e946a11e5a142f5c0ac77b461a11164db8c4118d13bd64b2ba", "path": "received/2026-11-22/D-waiting"}','66d020b538546c6d2e7f10ccf3d0de0a776b939469a3a9ded0735eb76e124494','100433eb8b43205c26b2583996dbcb8ee609f9d29131805d3db8e415a98e1ec2');
INSERT INTO "events" VALUES(21,'2026-11-22T12:00:00.000000Z','deposit','Z3C6FDBWC0JD8SM6QVX37S237P','{"id": "D-poisoned", "kind": "received", "manifest_sha256": "a3b94d881117fd7633ec6fd3e5bdc78dd2e164aeb96dcf4b6b9c9f1fd1ed0af8", "path": "received/2026-11-22/D-poisoned"}','100433eb8b43205c26b2583996dbcb8ee609f9d29131805d3db8e415a98e1ec2','9a7f314bf3d259a27fa4e75935e36e5aa15443b589f525875a9566c19a7308ae');
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
INSERT INTO "jobs" VALUES('drop:W09RTK675WVW','drop','done','','c2d94989-c0ed-44d0-856a-378c52afca90',21416410,0,1,1,'');
INSERT INTO "jobs" VALUES('drop:0CPM03YX2SW3','drop','done','','c2d94989-c0ed-44d0-856a-378c52afca90',21416390,0,1,1,'');
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
INSERT INTO "parts" VALUES('EY2W91SXCXJK','0CPM03YX2SW3','1','intake','2026-11','kept','','C-00000001','66AMD7SJQ4R6',0,'');
INSERT INTO "parts" VALUES('V3QNPQD0JV8V','0CPM03YX2SW3','2','','','held','unknown-form','','',1,'held/V3QNPQD0JV8V/1');
INSERT INTO "parts" VALUES('4R3YX2M853VB','W09RTK675WVW','1','intake','2026-11','kept','','C-00000001','9WBQZ2TJ1SSY',0,'');
INSERT INTO "parts" VALUES('W5ADCWXQ0M0R','W09RTK675WVW','2','','','held','unknown-form','','',1,'held/W5ADCWXQ0M0R/1');
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
INSERT INTO "sheets" VALUES('V3QNPQD0JV8V',1,'slip','e78dd20c1ede00584693286b09cca8e9f91d4df0159bf0744f1ec3d853487887','','waiting');
INSERT INTO "sheets" VALUES('W5ADCWXQ0M0R',1,'slip','f54c4e1ff104648de39c8f7bf06034fab3a565a1f42a6ce96e370a55249cebb3','','waiting');
CREATE TABLE steps (
	job_key TEXT NOT NULL, 
	step TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	input TEXT NOT NULL, 
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
INSERT INTO "submissions" VALUES('66AMD7SJQ4R6','EY2W91SXCXJK','0CPM03YX2SW3','C-00000001','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000001/submissions/2026-11-22-intake-66AMD7SJQ4R6','');
INSERT INTO "submissions" VALUES('9WBQZ2TJ1SSY','4R3YX2M853VB','W09RTK675WVW','C-00000001','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000001/submissions/2026-11-22-intake-9WBQZ2TJ1SSY','');
INSERT INTO "submissions" VALUES('1RJNEE889HJH','P1','D1','C-00000002','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000002/submissions/2026-11-22-intake-1RJNEE889HJH','');
INSERT INTO "submissions" VALUES('XMMMDC6R3KXY','P2','D1','C-00000002','intake','2026-11','2026-11-22T12:00:00.000000Z','2026-11-01','2026-11-01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','cases/C-00000002/submissions/2026-11-22-intake-XMMMDC6R3KXY','A1');
CREATE INDEX ix_drops_state ON drops (state);
CREATE INDEX ix_drops_sha256 ON drops (sha256);
CREATE INDEX ix_parts_outcome ON parts (outcome);
CREATE INDEX ix_parts_case_id ON parts (case_id);
CREATE INDEX ix_parts_drop_id ON parts (drop_id);
CREATE INDEX ix_case_identifiers_case_id ON case_identifiers (case_id);
CREATE INDEX ix_submissions_case_id ON submissions (case_id);
CREATE INDEX submissions_by_values ON submissions (case_id, form, period, values_hash);
CREATE INDEX ix_packets_case_id ON packets (case_id);
CREATE INDEX ix_packet_uses_submission_id ON packet_uses (submission_id);
CREATE INDEX ix_acts_case_id ON acts (case_id);
CREATE INDEX ix_acts_act ON acts (act);
CREATE INDEX ix_deposits_kind ON deposits (kind);
CREATE INDEX ix_events_key ON events ("key");
CREATE INDEX ix_sheets_sha256 ON sheets (sha256);
CREATE INDEX ix_jobs_state ON jobs (state);
COMMIT;
