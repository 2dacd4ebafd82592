"""The Web Connector's own error codes and the texts it writes to its log with them."""

from attrs import frozen

_TEXTS = {
    "QBWC1000": "Service URL and support URL of {detail} have different host names.",
    "QBWC1001": "The service URL of {detail} is an IP address; the application is not loaded.",
    "QBWC1002": "The support URL of {detail} is an IP address; the application is not loaded.",
    "QBWC1003": "The support URL could not be reached: {detail}",
    "QBWC1004": "The support URL could not be reached: {detail}",
    "QBWC1010": "{detail} is not loaded: https is required for every host but localhost.",
    "QBWC1012": "Authentication failed: {detail}",
    "QBWC1013": "No connection to QuickBooks; the application is told. {detail}",
    "QBWC1014": "QuickBooks gave no Host, Company and Preferences answer; job ends. {detail}",
    "QBWC1015": "The session with QuickBooks could not be ended. {detail}",
    "QBWC1023": "No connection to QuickBooks; the task is not done. {detail}",
    "QBWC1026": "The FileID could not be added. {detail}",
    "QBWC1030": "No password is set for the application {detail}.",
    "QBWC1031": "The operation ended with an error and the application knows it. {detail}",
    "QBWC1034": "AuthFlags could not be set. {detail}",
    "QBWC1036": "Error during the version check: {detail}",
    "QBWC1037": "The application refuses this version of the Web Connector: {detail}",
    "QBWC1039": "The application could not be added. {detail}",
    "QBWC1040": "User name or password is not valid: {detail}",
    "QBWC1041": "SendRequestXML failed: {detail}",
    "QBWC1042": "ReceiveResponseXML failed: {detail}",
    "QBWC1043": "GetLastError failed: {detail}",
    "QBWC1044": "CloseConnection failed: {detail}",
    "QBWC1045": "ConnectionError failed: {detail}",
    "QBWC1046": "clientVersion returned a value of unknown form; no update. {detail}",
}

CALL_CODES = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}


@frozen
class ConnectorError(Exception):
    """An update, or the loading of an application, ended with one of the codes QBWC1000-1048.

    Source: QuickBooks Web Connector Programmer's Guide, appendix A.
    """

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {_TEXTS[self.code].format(detail=self.detail).strip()}"
